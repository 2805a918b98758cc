/** Writes numbers of any number of bits, the highest bit first. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** Writes the lowest `count` bits of a number. */
  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
  }

  /** Writes a number from 1 on in Elias' gamma code, which is short for small numbers. */
  gamma(value: number): void {
    const zeros = Math.floor(Math.log2(value));
    this.put(0, zeros);
    this.put(value, zeros + 1);
  }

  /** Bytes of what was written, the last one filled up with zeros. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [k, bit] of this.#bits.entries()) bytes[k >> 3] = (bytes[k >> 3] ?? 0) | (bit << (7 - (k & 7)));
    return bytes;
  }
}

/** Reads what a {@link BitWriter} wrote. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws {RangeError} at the end of the bytes. */
  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError("the bytes end too early");
      value = 2 * value + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** @throws {RangeError} at the end of the bytes, and for a number of more than 16 bits. */
  gamma(): number {
    let zeros = 0;
    while (this.take(1) === 0) if (++zeros > 15) throw new RangeError("the number is too large");
    return 2 ** zeros + this.take(zeros);
  }

  /** Whether nothing is left but zeros that fill up the last byte. */
  get isAtEnd(): boolean {
    return this.#bytes.length === Math.ceil(this.#at / 8) && this.take(8 * this.#bytes.length - this.#at) === 0;
  }
}
