import { percent } from "../../report/result/texts.js";
import { megabytes } from "../print.js";

/** Milliseconds between two drawings. */
const FRAME = 100;

/** Shows downloads to people on stderr: live on a terminal, a line for each file elsewhere. */
export class DownloadView {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;
  #isOpen = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show({ name, bytes, all }: { name: string; bytes: number; all: number }): void {
    if (!this.#stream.isTTY || Date.now() - this.#drawn < FRAME) return;
    this.#drawn = Date.now();
    this.#isOpen = true;
    const share = all > 0 ? ` of ${megabytes(all)}, ${percent(bytes / all)}` : "";
    this.#stream.write(`\r${name}: ${megabytes(bytes)}${share}\x1b[K`);
  }

  /** Writes a line that stays. */
  line(text: string): void {
    this.close();
    this.#stream.write(`${text}\n`);
  }

  /** Removes the live line. */
  close(): void {
    if (this.#isOpen) this.#stream.write("\r\x1b[K");
    this.#isOpen = false;
  }
}
