import { type ChildProcessByStdio, spawn } from "node:child_process";
import readline from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A Node program that answers each line of JSON with one. */
export class LineProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #whyEnded: () => Error;

  /**
   * @param args of Node: options, the program, its arguments.
   * @param whyEnded makes the error of a program that ends instead of answering; what it wrote to stderr has been shown.
   */
  constructor(args: readonly string[], whyEnded: () => Error) {
    // An addon that the environment names would serve every process.
    const { NAPI_RS_NATIVE_LIBRARY_PATH: _, ...env } = process.env;
    this.#child = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "inherit"] });
    // Its end is noticed by the answer that does not come.
    this.#child.stdin.on("error", () => undefined);
    this.#lines = readline.createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#whyEnded = whyEnded;
  }

  async ask<T>(question: unknown): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw this.#whyEnded();
    return JSON.parse(value);
  }

  close(): void {
    this.#child.kill();
  }
}
