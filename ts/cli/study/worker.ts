import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { fromBinding, SpikeletError } from "../../errors.js";
import { ANSWERS, type Answer, lineOf, type Order } from "../../study/run/protocol.js";
import { type Executor, executorOf, type WorkOptions } from "./execution.js";

/** A process of the pool: it answers each run once its record is there, and ends when the study does, however that ends. */
const answer = (message: Answer) => writeSync(ANSWERS, lineOf(message));

// Signals reach every process of a terminal or a job; the one that started this one decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

let executor: Executor | undefined;
let work = Promise.resolve();

async function carryOut(order: Order): Promise<void> {
  if ("options" in order) {
    executor = await executorOf(order.options as WorkOptions, new AbortController().signal);
    answer({ type: "ready" });
  } else if (executor !== undefined) {
    const { run, place } = order;
    const { id } = run;
    await executor(run, place, (epoch) => answer({ type: "epoch", id, epoch })).catch(unlessTakenOver);
    answer({ type: "recorded", id });
  }
}

/** Throws what was thrown, unless another process does the run by now or has done it, as its record tells. */
function unlessTakenOver(thrown: unknown): void {
  if (!(thrown instanceof SpikeletError) || thrown.code !== "FOLDER_IN_USE") throw thrown;
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    work = work
      .then(() => carryOut(JSON.parse(line) as Order))
      .catch((thrown) => {
        const { code, path, reason } = fromBinding(thrown);
        answer({ type: "failed", failure: { code, path, reason } });
      });
  })
  .on("close", () => process.exit(0));
