/** Wanted duration of one call into the core, in milliseconds: long against its overhead, short against an abort's 200 ms. */
const TARGET = 50;
const MOST = 1 << 20;

/** How much work to ask for at a time, learnt from how long the last piece took. */
export class Budget {
  #size: number;

  constructor(first = 1) {
    this.#size = first;
  }

  /** Pieces of work for the next call, at least 1. */
  get size(): number {
    return this.#size;
  }

  /** Tells how long a call for `asked` pieces took. */
  took(asked: number, milliseconds: number): void {
    const fit = asked * (TARGET / Math.max(milliseconds, 0.1));
    this.#size = Math.max(1, Math.floor(Math.min(fit, asked * 4, MOST)));
  }
}
