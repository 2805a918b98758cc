// One of two builds that train in turns.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { StepFailed } from "../../scripts/run.mjs";

/** A build of the addon, ready to train when asked. */
export class Side {
  static async open(addon, { case: name, batch, threads, simd, samples, data }) {
    const task = {
      name,
      batch: Number(batch),
      threads: Number(threads),
      samples: Number(samples),
      ...(simd === "" ? {} : { simd }),
      ...(data === "" ? {} : { data }),
    };
    const script = fileURLToPath(new URL("worker.mjs", import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(task)], {
      env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: resolve(addon) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const side = new Side(child);
    await side.line();
    return side;
  }

  constructor(child) {
    this.child = child;
    this.lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { done, value } = await this.lines.next();
    if (done) throw new StepFailed("a build ended early; its message is above");
    return value;
  }

  /** Milliseconds of a sample in the next round. */
  async time() {
    this.child.stdin.write("\n");
    return Number(await this.line());
  }

  close() {
    this.child.kill();
  }
}
