// One of two builds that work in turns.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../dist/cli/bench/line-process.js";
import { StepFailed } from "../../scripts/run.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

/** A build of the library in a process of its own. */
export class Side {
  #process;

  /** @throws {StepFailed} where the checkout is not built. */
  constructor(checkout, task) {
    const index = join(checkout, "dist/index.js");
    if (!existsSync(index)) throw new StepFailed(`${checkout} is no built clone of Spikelet: npm run build there`);
    const args = ["--expose-gc", WORKER, JSON.stringify({ ...task, index })];
    this.#process = new LineProcess(args, () => new StepFailed(`the build in ${checkout} ended early; its message is above`));
  }

  /** Makes a new network for repetitions of so many samples, and does one of them to warm up. */
  async open(samples) {
    await this.#process.ask({ open: samples });
    await this.repeat();
  }

  /** @returns milliseconds of the same work as always, its loss and spikes, and the most memory that the network took */
  repeat() {
    return this.#process.ask({});
  }

  close() {
    this.#process.close();
  }
}
