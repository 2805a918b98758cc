// One of two builds that work in turns.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { StepFailed } from "../../scripts/run.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

/** A build of the library in a process of its own. */
export class Side {
  #checkout;
  #child;
  #lines;

  /** @throws {StepFailed} where the checkout is not built. */
  constructor(checkout, task) {
    const index = join(checkout, "dist/index.js");
    if (!existsSync(index)) throw new StepFailed(`${checkout} is no built clone of Spikelet: npm run build there`);
    // An addon that the environment names would serve both sides.
    const { NAPI_RS_NATIVE_LIBRARY_PATH: _, ...env } = process.env;
    this.#checkout = checkout;
    this.#child = spawn(process.execPath, ["--expose-gc", WORKER, JSON.stringify({ ...task, index })], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = readline.createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Makes a new network for repetitions of so many samples, and does one of them to warm up. */
  async open(samples) {
    await this.#ask({ open: samples });
    await this.repeat();
  }

  /** @returns milliseconds of the same work as always, its loss and spikes, and the most memory that the network took */
  repeat() {
    return this.#ask({});
  }

  async #ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new StepFailed(`the build in ${this.#checkout} ended early; its message is above`);
    return JSON.parse(value);
  }

  close() {
    this.#child.kill();
  }
}
