/** First word of an LZ4 frame. */
const MAGIC = 0x184d2204;
/** Bits of the descriptor of a frame. */
const [HAS_DICTIONARY, HAS_CONTENT_CHECKSUM, HAS_CONTENT_SIZE, HAS_BLOCK_CHECKSUM] = [1, 4, 8, 16];
/** Bit of the size of a block that is stored as it is. */
const STORED = 0x8000_0000;
/** Shortest match. */
const MIN_MATCH = 4;

/**
 * Unpacks one LZ4 frame (frame format 1.6); checksums are not verified.
 *
 * @param maxBytes that it may unpack to.
 * @throws {Error} for bytes that are no whole frame, a dictionary, and more bytes than allowed.
 */
export function unpackLz4(packed: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  if (packed.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Error("it is no LZ4 frame");
  const flags = view.getUint8(4);
  if (flags >>> 6 !== 1) throw new Error(`the LZ4 frame has version ${flags >>> 6}, must have 1`);
  if (flags & HAS_DICTIONARY) throw new Error("the LZ4 frame needs a dictionary");
  const output = new Output(packed, maxBytes);
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0);
  for (;;) {
    if (at + 4 > packed.length) throw cut();
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const end = at + (word & ~STORED);
    if (end > packed.length) throw cut();
    if (word & STORED) output.copy(at, end);
    else output.unpack(at, end);
    at = end + (flags & HAS_BLOCK_CHECKSUM ? 4 : 0);
  }
  if (at + (flags & HAS_CONTENT_CHECKSUM ? 4 : 0) > packed.length) throw cut();
  return output.bytes;
}

/** Unpacked bytes so far, to which matches refer back. */
class Output {
  readonly #packed: Uint8Array;
  readonly #maxBytes: number;
  #bytes = new Uint8Array(1024);
  #length = 0;

  constructor(packed: Uint8Array, maxBytes: number) {
    this.#packed = packed;
    this.#maxBytes = maxBytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Takes packed bytes as they are. */
  copy(start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.set(this.#packed.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** Unpacks a block: sequences of literals and a match. */
  unpack(start: number, end: number): void {
    let at = start;
    const next = (): number => {
      if (at >= end) throw cut();
      return this.#packed[at++] ?? 0;
    };
    /** A length whose first four bits are `low`; 15 means that bytes follow, 255 that another one does. */
    const lengthFrom = (low: number): number => {
      let length = low;
      for (let byte = low === 15 ? 255 : 0; byte === 255; length += byte) byte = next();
      return length;
    };
    while (at < end) {
      const token = next();
      const literals = lengthFrom(token >>> 4);
      if (at + literals > end) throw cut();
      this.copy(at, at + literals);
      at += literals;
      // The last sequence is of literals alone.
      if (at === end) return;
      const offset = next() | (next() << 8);
      this.#repeat(offset, MIN_MATCH + lengthFrom(token & 15));
    }
  }

  /** Repeats bytes from `offset` bytes ago; a match may go on into what it writes. */
  #repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length) throw new Error("the LZ4 frame refers to bytes that it does not have");
    this.#reserve(length);
    for (let k = 0; k < length; k++, this.#length++) this.#bytes[this.#length] = this.#bytes[this.#length - offset] ?? 0;
  }

  #reserve(bytes: number): void {
    const length = this.#length + bytes;
    if (length > this.#maxBytes) throw new Error(`it unpacks to more than ${this.#maxBytes} bytes`);
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}

function cut(): Error {
  return new Error("the LZ4 frame ends too early");
}
