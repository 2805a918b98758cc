// npm run experiment -- NAME [options]: an experiment of research/.
// npm run experiment -- --first-try --data DIR: what `recommend` chooses for six data sets, beside a logistic regression.
// npm run experiment -- --whole-numbers --data DIR: what weights of few bits cost.
// npm run experiment -- --robustness --data DIR: what disturbed inputs, constants and weights cost, by rule and loss.
// npm run experiment -- --pages: writes the tables and figures of the pages of results from research/records.
import { spawn } from "node:child_process";
import { buildResearch } from "../research/build.mjs";
import { main, setUp } from "./setup.mjs";

await main(async () => {
  await setUp({ withWasm: false });
  const { main: experiment, pages, firstTry, wholeNumbers, robustness } = await buildResearch();
  const words = process.argv.slice(2);
  const others = new Map([
    ["--pages", [pages]],
    ["--first-try", [firstTry, ...words.slice(1)]],
    ["--whole-numbers", [wholeNumbers, ...words.slice(1)]],
    ["--robustness", [robustness, ...words.slice(1)]],
  ]);
  const program = others.get(words[0] ?? "") ?? [experiment, ...words];
  // Signals reach the experiment by its terminal; this process waits for what it answers.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
  const child = spawn(process.execPath, program, { stdio: "inherit" });
  process.exitCode = await new Promise((resolve) => child.on("close", resolve));
});
