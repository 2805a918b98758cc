/** A number of 64 bits. */
type Long = readonly [high: number, low: number];

/** Bits of the lower 16 of 32. */
const LOW_HALF = 0x1_0000 - 1;

/** The product of two numbers of 64 bits, modulo 2⁶⁴. */
function product([aHigh, aLow]: Long, [bHigh, bLow]: Long): Long {
  const [a1, a0, b1, b0] = [aLow >>> 16, aLow & LOW_HALF, bLow >>> 16, bLow & LOW_HALF];
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const carried = a0 * b1 + (middle & LOW_HALF);
  const high = a1 * b1 + Math.floor(middle / 0x1_0000) + Math.floor(carried / 0x1_0000);
  return [(high + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) >>> 0, ((carried << 16) | (low & LOW_HALF)) >>> 0];
}

function sum([aHigh, aLow]: Long, [bHigh, bLow]: Long): Long {
  const low = aLow + bLow;
  return [(aHigh + bHigh + (low > 0xffff_ffff ? 1 : 0)) >>> 0, low >>> 0];
}

/** A number with its bits shifted by less than 32, exclusive or the number. */
function mixed([high, low]: Long, shift: number): Long {
  return [(high ^ (high >>> shift)) >>> 0, (low ^ ((low >>> shift) | (high << (32 - shift)))) >>> 0];
}

/** Numbers that differ in a few bits become numbers that differ in about half of them: the finaliser of SplitMix64. */
function scattered(number: Long): Long {
  const once = product(mixed(number, 30), [0xbf58_476d, 0x1ce4_e5b9]);
  return mixed(product(mixed(once, 27), [0x94d0_49bb, 0x1331_11eb]), 31);
}

/** What encodings draw for, among the purposes of the library. */
const ENCODING = 2;

/** The library's random numbers for encodings: PCG XSH RR 64/32. */
export class Draws {
  #state: Long;
  readonly #increment: Long;

  private constructor(state: Long, row: number) {
    this.#increment = [(ENCODING << 1) | (row >>> 31), ((row << 1) | 1) >>> 0];
    this.#state = sum(state, this.#increment);
    this.next();
  }

  /** Draws of a whole data set. */
  static of(seed: number): Draws {
    return new Draws([0, seed], 0);
  }

  /** Draws of a sample, by its number in a data set. */
  static ofSample(seed: number, row: number): Draws {
    const [high, low] = scattered([0, seed]);
    return new Draws(scattered([(high ^ ENCODING) >>> 0, (low ^ row) >>> 0]), row);
  }

  /** 32 bits. */
  next(): number {
    const [high, low] = this.#state;
    this.#state = sum(product(this.#state, [0x5851_f42d, 0x4c95_7f2d]), this.#increment);
    // (state >> 18 ^ state) >> 27, of which 32 bits, turned by the highest five.
    const [mixedHigh, mixedLow] = mixed([high, low], 18);
    const word = (mixedHigh << 5) | (mixedLow >>> 27);
    const turn = high >>> 27;
    return ((word >>> turn) | (word << (-turn & 31))) >>> 0;
  }

  /** Uniform in [−1, 1), with 24 bits. */
  symmetric(): number {
    return (this.next() >>> 8) * 2 ** -23 - 1;
  }
}
