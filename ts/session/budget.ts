/** Duration of one call into the core, in milliseconds: long against its overhead, short against an abort's 200 ms. */
const TARGET = 50;
const MAX = 1 << 20;

/** How much work to ask for at a time, learnt from how long the last piece took. */
export class Budget {
  #size: number;
  readonly #target: number;

  /** @param options `target`: target duration of one call, in milliseconds; `first`: pieces of the first one. */
  constructor({ target = TARGET, first = 1 }: { target?: number | undefined; first?: number } = {}) {
    this.#size = first;
    this.#target = target;
  }

  /** Pieces of work for the next call, at least 1. */
  get size(): number {
    return this.#size;
  }

  /** Records how long a call for `pieces` pieces took. */
  took(pieces: number, milliseconds: number): void {
    const fit = pieces * (this.#target / Math.max(milliseconds, 0.1));
    this.#size = Math.max(1, Math.floor(Math.min(fit, pieces * 4, MAX)));
  }
}
