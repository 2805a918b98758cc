import { grouped } from "../report/result/texts.js";

/** Milliseconds between two updates. */
const FRAME = 100;
/** Milliseconds of work for which nothing is shown. */
const PATIENCE = 1000;
/** Characters of the bar. */
const BAR = 20;

/** A line on stderr that shows the progress of work: only on a terminal, and only if it takes more than a second. */
export class LiveLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #what: string;
  #due = performance.now() + PATIENCE;
  #isOpen = false;

  /** @param what is done, as in `samples read`. */
  constructor(what: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#what = what;
    this.#stream = stream;
  }

  /** Shows that `done` of `all` are done. */
  readonly show = ({ done, all }: { done: number; all: number }): void => {
    const now = performance.now();
    if (!this.#stream.isTTY || now < this.#due) return;
    this.#due = now + FRAME;
    this.#isOpen = true;
    const filled = Math.round(BAR * Math.min(1, done / Math.max(1, all)));
    const text = `[${"=".repeat(filled)}${" ".repeat(BAR - filled)}] ${grouped(done)} of ${grouped(all)} ${this.#what}`;
    this.#stream.write(`\r${text.slice(0, (this.#stream.columns || 80) - 1)}\x1b[K`);
  };

  /** Removes the line. */
  close(): void {
    if (this.#isOpen) this.#stream.write("\r\x1b[K");
    this.#isOpen = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Returns the result of `work`, and shows its progress unless output is JSON. */
export async function withProgress<T>(
  what: string,
  isJson: boolean,
  work: (onProgress: ((progress: { done: number; all: number }) => void) | undefined) => Promise<T>,
): Promise<T> {
  using line = new LiveLine(what);
  return await work(isJson ? undefined : line.show);
}
