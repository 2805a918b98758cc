import { open } from "node:fs/promises";

/**
 * Reads the lines that were added to a file since the last time; one that is shorter than before, or another one, is read again.
 */
export class Tail {
  readonly #file: string;
  #place = 0;
  #which = "";

  constructor(file: string) {
    this.#file = file;
  }

  /** The new lines; `isNew` where they are all that there are. None where there is no file. */
  async read(): Promise<{ lines: string[]; isNew: boolean }> {
    const handle = await open(this.#file).catch(() => undefined);
    if (handle === undefined) return { lines: [], isNew: this.#reset() };
    try {
      const { size, ino, birthtimeMs } = await handle.stat();
      const which = `${ino} ${birthtimeMs}`;
      const isNew = (size < this.#place || which !== this.#which) && this.#reset();
      this.#which = which;
      const bytes = Buffer.alloc(size - this.#place);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#place);
      const end = bytes.lastIndexOf(0x0a, bytesRead - 1) + 1;
      this.#place += end;
      const lines = bytes.subarray(0, end).toString().split("\n");
      return { lines: lines.filter((line) => line !== ""), isNew };
    } finally {
      await handle.close();
    }
  }

  #reset(): boolean {
    const wasRead = this.#place > 0;
    this.#place = 0;
    return wasRead;
  }
}
