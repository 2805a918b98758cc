import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe } from "../exit.js";
import { Execution } from "./execute.js";
import { ANSWERS, type Answer, lineOf, type Order } from "./protocol.js";

/** A process of the pool: it answers each run once its record is there, and ends when the sweep does, however that ends. */
const answer = (message: Answer) => writeSync(ANSWERS, lineOf(message));

// Signals reach every process of a terminal or a job; the one that started this one decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

let execution: Execution | undefined;
let work = Promise.resolve();

async function follow(order: Order): Promise<void> {
  if ("options" in order) {
    execution = new Execution(order.options, new AbortController().signal);
    await execution.prepare();
    answer({ type: "ready" });
  } else if (execution !== undefined) {
    const { id } = await execution.run(order.run);
    answer({ type: "recorded", id });
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    work = work
      .then(() => follow(JSON.parse(line) as Order))
      .catch((thrown) => {
        const { code, path, message } = describe(thrown);
        answer({ type: "failed", error: { code, path, message } });
      });
  })
  .on("close", () => process.exit(0));
