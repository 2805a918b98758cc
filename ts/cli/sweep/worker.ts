import { Execution } from "./execute.js";
import type { ToWorker } from "./pool.js";

/** A process of the pool: it answers each run with its record and ends when the sweep does, however that ends. */
let execution: Execution | undefined;

process.on("message", async (message: ToWorker) => {
  if ("options" in message) execution = new Execution(message.options, new AbortController().signal);
  else if (execution !== undefined) process.send?.(await execution.run(message.run));
});
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches every process of a terminal; the one that started this one decides.
process.on("SIGINT", () => undefined);
