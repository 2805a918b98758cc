/** Does something with a frame soon, and not again before some time has passed; nothing that was asked for is lost. */
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
    if (this.#isAsked) return;
    this.#isAsked = true;
    const wait = Math.max(0, this.#last + this.#milliseconds - performance.now());
    setTimeout(() => requestAnimationFrame(() => this.#due()), wait);
  }

  #due(): void {
    this.#isAsked = false;
    this.now();
  }
}
