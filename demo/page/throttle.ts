/** Does something with the next frame, and not again before some time has passed. */
export class Throttle {
  readonly #milliseconds: number;
  readonly #work: () => void;
  #isAsked = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(milliseconds: number, work: () => void) {
    this.#milliseconds = milliseconds;
    this.#work = work;
  }

  now(): void {
    this.#last = performance.now();
    this.#work();
  }

  soon(): void {
    if (this.#isAsked || performance.now() - this.#last < this.#milliseconds) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.now();
    });
  }
}
