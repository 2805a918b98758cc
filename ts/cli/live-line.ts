/** Milliseconds between two drawings. */
const FRAME = 100;
/** Milliseconds of work that are not worth a word. */
const PATIENCE = 1000;

/** A line on stderr that tells how far work has come: on a terminal alone, and only where it takes more than a second. */
export class LiveLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #what: string;
  #due = performance.now() + PATIENCE;
  #isOpen = false;

  constructor(what: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#what = what;
    this.#stream = stream;
  }

  /** Tells that `done` of `all` are done. */
  show(done: number, all: number): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now < this.#due) return;
    this.#due = now + FRAME;
    this.#isOpen = true;
    const share = all > 0 ? Math.floor((100 * done) / all) : 100;
    this.#stream.write(`\r${this.#what} ${done.toLocaleString("en-US")} of ${all.toLocaleString("en-US")}, ${share} %\x1b[K`);
  }

  /** Takes the line away. */
  close(): void {
    if (this.#isOpen) this.#stream.write("\r\x1b[K");
    this.#isOpen = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
