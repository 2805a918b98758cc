import { openPlain } from "../../io/plain-file.node.js";

/** Bytes that are read in a call at most. A longer line is left out. */
const MAX_BYTES = 1 << 24;

/**
 * Reads the lines that were added to a file since the last call. A file that was replaced or became shorter is read from its start.
 */
export class Tail {
  readonly #file: string;
  #place = 0;
  #which = "";
  /** Whether the place is in the middle of a line that was too long. */
  #isWithinLine = false;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Returns the new lines, none where there is no file. `isNew` says that they begin at the start of the file, `isWhole` that they
   * reach its end.
   */
  async read(): Promise<{ lines: string[]; isNew: boolean; isWhole: boolean }> {
    const handle = await openPlain(this.#file);
    if (handle === undefined) return { lines: [], isNew: this.#reset(), isWhole: true };
    try {
      const { size, ino, birthtimeMs } = await handle.stat();
      const which = `${ino} ${birthtimeMs}`;
      const isNew = (size < this.#place || which !== this.#which) && this.#reset();
      this.#which = which;
      const bytes = Buffer.alloc(Math.min(size - this.#place, MAX_BYTES));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#place);
      const end = bytes.lastIndexOf(0x0a, bytesRead - 1) + 1;
      const isTooLong = end === 0 && bytesRead === MAX_BYTES;
      const from = this.#isWithinLine ? bytes.indexOf(0x0a) + 1 : 0;
      this.#isWithinLine = isTooLong || (this.#isWithinLine && end === 0);
      this.#place += isTooLong ? bytesRead : end;
      const lines = bytes.subarray(from, end).toString().split("\n");
      const isWhole = bytesRead < MAX_BYTES;
      return { lines: lines.filter((line) => line !== ""), isNew, isWhole };
    } finally {
      await handle.close();
    }
  }

  #reset(): boolean {
    const wasRead = this.#place > 0;
    this.#place = 0;
    this.#isWithinLine = false;
    return wasRead;
  }
}
