import { atMost } from "./errors.js";

/** Types of arrays. WebAssembly and all that run JavaScript in number are little-endian, as files are. */
interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (bytes: ArrayBuffer): T;
}

/** Reads numbers one after the other; each array is filled up to a whole word in the file. Past the end is a `RangeError`. */
export class Reader {
  #at = 0;
  /** All bytes. */
  readonly all: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.all = bytes;
  }

  /** Bytes that are left; less than 0 after an array that was not filled up. */
  get left(): number {
    return this.all.length - this.#at;
  }

  word(): number {
    return this.words(1)[0] as number;
  }

  words(count: number): number[] {
    return [...this.array(Uint32Array, count)];
  }

  floats(count: number): Float32Array {
    return this.array(Float32Array, count);
  }

  array<T>(Type: ArrayType<T>, count: number): T {
    return new Type(this.bytes(count * Type.BYTES_PER_ELEMENT).buffer);
  }

  /** A copy of the next bytes. */
  bytes(count: number): ReturnType<Uint8Array["slice"]> {
    const at = this.#at;
    this.#at += Math.ceil(atMost(this.left, count) / 4) * 4;
    return this.all.slice(at, at + count);
  }
}
