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

  get isAtEnd(): boolean {
    return this.#at >= this.all.length;
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
  bytes(count: number) {
    const at = this.#at;
    if (!(count <= this.all.length - at)) throw new RangeError("ends too early");
    this.#at += Math.ceil(count / 4) * 4;
    return this.all.slice(at, at + count);
  }

  /** Weights, `[row][column]`, of the type that stands before them; those of small whole numbers have a scale for each column. */
  weights(count: number, columns: number): Float32Array {
    const type = this.word();
    if (type > 3) throw new RangeError(`has weights of type ${type}`);
    if (type === 0) return this.floats(count);
    if (type === 1) return Float32Array.from(this.array(Uint16Array, count), single);
    const scales = this.floats(columns);
    // 8 or 4 bits, from the lowest ones of a byte on.
    const bits = 32 >> type;
    const packed = this.bytes(Math.ceil((count * bits) / 8));
    return Float32Array.from({ length: count }, (_, k) => {
      const above = 32 - bits;
      const whole = ((packed[(k * bits) >> 3] as number) << (above - ((k * bits) & 7))) >> above;
      return (scales[k % columns] as number) * whole;
    });
  }
}

/** A number of half precision. */
function single(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half >> 15 ? -magnitude : magnitude;
}
