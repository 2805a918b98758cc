import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { SpikeletError } from "../errors.js";
import { draftIn, requirePlace } from "./lease.node.js";

const LINE_END = 0x0a;
/** Bytes that are copied at a time. */
const PIECE = 1 << 20;

/**
 * A file that lines are added to, by the owner of a lease. It goes on in a copy of its own: a process that has lost the lease adds
 * to a file that nobody sees any more.
 */
export class LineFile implements Disposable {
  readonly #file: string;
  readonly #place: string;
  readonly #descriptor: number;
  #isOpen = true;

  private constructor(file: string, place: string, descriptor: number) {
    this.#file = file;
    this.#place = place;
    this.#descriptor = descriptor;
  }

  /**
   * Opens a file for adding, or makes an empty one. What stands behind its last whole line, as a process that was killed leaves it,
   * is cut off.
   *
   * @param place that of the lease.
   * @throws {SpikeletError} `FOLDER_IN_USE` where the lease is another's by now; `WRITE_FAILED`, also where something else than a
   * file has its name, or another name leads to it too.
   */
  static open(place: string, file: string): LineFile {
    const draft = draftIn(place, file);
    return attempted(place, file, () => {
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
      const descriptor = openSync(draft, flags, 0o666);
      try {
        copyLines(file, descriptor);
        fsyncSync(descriptor);
        renameSync(draft, file);
        return new LineFile(file, place, descriptor);
      } catch (thrown) {
        quietly(() => closeSync(descriptor));
        quietly(() => rmSync(draft, { force: true }));
        throw thrown;
      }
    });
  }

  /**
   * Adds text to the end, or nothing.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` when the lease was taken over meanwhile; `WRITE_FAILED`.
   */
  append(text: string): void {
    requirePlace(this.#place);
    attempted(this.#place, this.#file, () => {
      const { size } = fstatSync(this.#descriptor);
      const bytes = Buffer.from(text);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
      } catch (cause) {
        quietly(() => ftruncateSync(this.#descriptor, size));
        throw cause;
      }
    });
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) quietly(() => closeSync(this.#descriptor));
    this.#isOpen = false;
  }
}

/** Copies the whole lines of a file, if there is one. */
function copyLines(file: string, into: number): void {
  const source = openPlainSync(file);
  if (source === undefined) return;
  try {
    const piece = Buffer.alloc(PIECE);
    let [size, end] = [0, 0];
    for (;;) {
      const length = readSync(source, piece, 0, PIECE, size);
      if (length === 0) break;
      const newline = piece.lastIndexOf(LINE_END, length - 1);
      if (newline >= 0) end = size + newline + 1;
      for (let done = 0; done < length; ) done += writeSync(into, piece, done, length - done);
      size += length;
    }
    ftruncateSync(into, end);
  } finally {
    closeSync(source);
  }
}

/** Opens a file of one name for reading; `undefined` where nothing has that name. */
function openPlainSync(file: string): number | undefined {
  const state = lstatSync(file, { throwIfNoEntry: false });
  if (state === undefined) return undefined;
  if (state.isSymbolicLink()) throw new Error("it is a link");
  // Links are not followed, and a pipe that nobody writes into is not waited for; Windows knows neither flag.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  const opened = fstatSync(descriptor);
  if (opened.isFile() && opened.nlink === 1) return descriptor;
  closeSync(descriptor);
  throw new Error(opened.isFile() ? "another name leads to it too" : "it is no file");
}

/** Does what must not hide why something else failed. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The failure itself is reported.
  }
}

function attempted<T>(place: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    requirePlace(place);
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("WRITE_FAILED", file, `can't be written (${what})`, cause);
  }
}
