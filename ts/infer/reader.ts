/** Reads numbers one after the other; each kind of array is filled up to a whole word in the file. Past the end is a `RangeError`. */
export class Reader {
  #at = 0;
  /** All bytes. */
  readonly all: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.all = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.all.length;
  }

  word(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  words(count: number): number[] {
    return Array.from({ length: count }, () => this.word());
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.all.subarray(at, at + count);
  }

  // WebAssembly and all that run JavaScript in number are little-endian, as files are.
  shorts(count: number): Uint16Array {
    return new Uint16Array(this.bytes(2 * count).slice().buffer);
  }

  floats(count: number): Float32Array {
    return new Float32Array(this.bytes(4 * count).slice().buffer);
  }

  /** Weights of the type that stands before them: single or half precision. */
  weights(count: number): Float32Array {
    const type = this.word();
    if (type > 1) throw new RangeError(`has weights of type ${type}`);
    return type === 0 ? this.floats(count) : Float32Array.from(this.shorts(count), single);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.all.length - at) throw new RangeError("ends too early");
    this.#at += Math.ceil(count / 4) * 4;
    return at;
  }
}

/** A number of half precision. */
function single(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half >> 15 ? -magnitude : magnitude;
}
