/** Random numbers that follow from a seed. */
export class Draws {
  #state: number;

  /** @param seed 0 to 2³²−1. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from `low` up to `high`, evenly spread (mulberry32). */
  uniform(low = 0, high = 1): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + ((high - low) * ((mixed ^ (mixed >>> 14)) >>> 0)) / 2 ** 32;
  }

  /** A number of a normal distribution with mean 0 (Box and Muller 1958). */
  normal(deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number from 0 up to but not including `end`. */
  below(end: number): number {
    return Math.floor(this.uniform(0, end));
  }

  /** The numbers 0 to `count − 1` in random order (Fisher and Yates). */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, k) => k);
    for (let last = count - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other] as number, order[last] as number];
    }
    return order;
  }
}
