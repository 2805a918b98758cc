import { type Check, refuse } from "../check/values.js";
import { SpikeletError } from "../errors.js";

/** Bytes that any file may unpack to. */
const FREE_BYTES = 64 * 2 ** 20;
/** Bytes that it may unpack to on top of them, for each of its own. */
const GROWTH = 16;

/** How much a file may unpack to. */
export interface ReadLimit {
  /** Bytes that the content of the file may take in memory; 64 MiB and 16 times the size of the file by default. */
  maxBytes?: number;
}

/** A number of bytes, which may be infinite. */
export const byteLimit: Check<number> = (value, path) =>
  typeof value === "number" && value >= 0 ? value : refuse("CONFIG_INVALID", path, "a number of bytes", value);

/** The bytes that the content of a file may still take, so that a small file can't fill the memory. */
export class ByteBudget {
  readonly #file: number;
  readonly #max: number;
  #left: number;

  /**
   * @param file bytes of the file.
   * @throws {SpikeletError} `CONFIG_INVALID` for a limit that is not a number from 0.
   */
  constructor(file: number, { maxBytes = FREE_BYTES + GROWTH * file }: ReadLimit = {}) {
    byteLimit(maxBytes, "maxBytes");
    this.#file = file;
    this.#max = maxBytes;
    this.#left = maxBytes;
  }

  /** All bytes that there were. */
  get maxBytes(): number {
    return this.#max;
  }

  /**
   * Takes bytes before they are asked for.
   *
   * @param path what in the file takes them.
   * @throws {SpikeletError} `DATA_FORMAT` when more than are left.
   */
  take(bytes: number, path: string): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    const total = this.#max - this.#left;
    throw new SpikeletError(
      "DATA_FORMAT",
      path,
      `a file of ${this.#file} bytes becomes at least ${total} in memory, more than ${this.#max}: raise maxBytes (--max-memory) if you trust it`,
    );
  }
}
