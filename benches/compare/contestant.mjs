// A process that trains or infers on demand: `train 2` on its stdin makes it work for about two seconds and print what it did.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { StepFailed } from "../../scripts/run.mjs";
import { ROOT } from "../../scripts/stamps.mjs";

export class Contestant {
  #child;
  #lines;

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["pipe", "pipe", process.env.SPIKELET_COMPARE_VERBOSE ? "inherit" : "ignore"],
      env: { ...process.env, ...env },
    });
    this.#child.stdin.on("error", () => undefined); // it ended: the next read says so
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Waits for the network to be there; what it says about itself. */
  async ready() {
    const about = await this.#next();
    this.#child.kill("SIGSTOP");
    return about;
  }

  /** Works while the other one is stopped, threads that spin included. */
  async work(phase, seconds) {
    this.#child.kill("SIGCONT");
    this.#child.stdin.write(`${phase} ${seconds}\n`);
    const found = await this.#next();
    this.#child.kill("SIGSTOP");
    return found;
  }

  close() {
    this.#child.kill("SIGKILL");
  }

  async #next() {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new StepFailed(`${this.#child.spawnargs.join(" ")} ended early; SPIKELET_COMPARE_VERBOSE=1 shows why`);
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }
}
