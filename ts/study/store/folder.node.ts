import { appendFileSync, closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { create, makeFolder, remove, removeUnfinished, save, temporaryBeside, unwritable } from "../../io/files.node.js";
import { FolderLock, LOCK, type LockOptions } from "./lock.node.js";

/** Name that the file has which shows that a folder can be written into. */
export const PROBE = "probe";

const LINE_END = 0x0a;

/** A folder that this process alone writes into, until it is closed. */
export class OwnedFolder implements Disposable {
  readonly dir: string;
  readonly #lock: FolderLock;

  private constructor(dir: string, lock: FolderLock) {
    this.dir = dir;
    this.#lock = lock;
  }

  /**
   * Makes the folder where there is none, locks it, and clears away what processes that were killed have left there.
   *
   * @param names the files that will be written.
   * @throws {SpikeletError} `FOLDER_IN_USE` while another process writes there; `WRITE_FAILED`.
   */
  static async open(dir: string, names: readonly string[], options: LockOptions = {}): Promise<OwnedFolder> {
    await makeFolder(dir);
    const lock = await FolderLock.take(dir, options);
    try {
      await removeUnfinished([...names, options.name ?? LOCK, PROBE].map((name) => join(dir, name)));
      return new OwnedFolder(dir, lock);
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /**
   * Writes a file of the folder whole or not at all.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`.
   */
  async save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void> {
    const content = await bytes;
    this.#lock.check();
    await save(file, content);
  }

  /**
   * Adds text to the end of a file of the folder; a link of its name is not followed.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`.
   */
  append(file: string, text: string): void {
    this.#lock.check();
    within(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, (descriptor) => appendFileSync(descriptor, text));
  }

  /**
   * Takes away what a process that was killed in {@link append} left behind the last whole line of a file.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE`, `WRITE_FAILED`.
   */
  endWithLine(file: string): void {
    this.#lock.check();
    within(file, constants.O_RDWR, (descriptor) => {
      const { size } = fstatSync(descriptor);
      let end = size;
      for (const piece = Buffer.alloc(1 << 16); end > 0; ) {
        const start = Math.max(0, end - piece.length);
        readSync(descriptor, piece, 0, end - start, start);
        const newline = piece.lastIndexOf(LINE_END, end - start - 1);
        end = newline < 0 ? start : start + newline + 1;
        if (newline >= 0) break;
      }
      if (end < size) ftruncateSync(descriptor, end);
    });
  }

  /**
   * Removes files of the folder, in their order; those that are not there are none of its business.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE`, `WRITE_FAILED`.
   */
  async remove(files: readonly string[]): Promise<void> {
    this.#lock.check();
    for (const file of files) await remove(file);
  }

  [Symbol.dispose](): void {
    this.#lock.release();
  }
}

/**
 * Makes a folder and checks that files can be written there, before hours of work; for folders that several processes share.
 *
 * @throws {SpikeletError} `WRITE_FAILED` that names the folder.
 */
export async function makeWritableFolder(dir: string): Promise<void> {
  await makeFolder(dir);
  const probe = temporaryBeside(join(dir, PROBE));
  try {
    await create(probe, "");
    await rm(probe, { force: true });
  } catch (cause) {
    throw unwritable(dir, cause);
  }
}

/**
 * Opens a file for `work`; a link is not followed, and a pipe that nobody reads is refused instead of waited for. Windows knows
 * neither flag.
 */
function within(file: string, flags: number, work: (descriptor: number) => void): void {
  try {
    const descriptor = openSync(file, flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0), 0o666);
    try {
      work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("WRITE_FAILED", file, `can't be written (${what})`, cause);
  }
}
