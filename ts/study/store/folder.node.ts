import { join } from "node:path";
import { makeFolder, removeUnfinished } from "../../io/files.node.js";
import { Lease, type LeaseOptions } from "../../io/lease.node.js";
import { LineFile } from "../../io/line-file.node.js";

/** The lease of a folder. */
export const LOCK = ".lock";

/** A folder that this process alone writes into, until it is closed. */
export class OwnedFolder implements Disposable {
  readonly dir: string;
  readonly #lease: Lease;
  readonly #lines: LineFile[] = [];

  private constructor(dir: string, lease: Lease) {
    this.dir = dir;
    this.#lease = lease;
  }

  /**
   * Makes the folder where there is none, locks it, and clears away what processes that were killed have left there.
   *
   * @param names the files that will be written.
   * @throws {SpikeletError} `FOLDER_IN_USE` while another process writes there; `WRITE_FAILED`.
   */
  static async open(dir: string, names: readonly string[], options: LeaseOptions = {}): Promise<OwnedFolder> {
    await makeFolder(dir);
    const lease = await Lease.take(join(dir, LOCK), options);
    try {
      await removeUnfinished([...names, LOCK].map((name) => join(dir, name)));
      return new OwnedFolder(dir, lease);
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  /**
   * Writes a file of the folder whole or not at all; a link of its name is replaced.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`.
   */
  async save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void> {
    await this.#lease.save(file, await bytes);
  }

  /**
   * A file of the folder that lines are added to; closed with the folder.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`, also for a link or a pipe of
   * its name.
   */
  lines(file: string): LineFile {
    const lines = LineFile.open(this.#lease.place, file);
    this.#lines.push(lines);
    return lines;
  }

  /**
   * Removes files of the folder, in their order; those that are not there are none of its business.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE`, `WRITE_FAILED`.
   */
  async remove(files: readonly string[]): Promise<void> {
    for (const file of files) await this.#lease.remove(file);
  }

  [Symbol.dispose](): void {
    for (const lines of this.#lines) lines[Symbol.dispose]();
    this.#lease.release();
  }
}
