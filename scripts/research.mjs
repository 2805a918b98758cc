// npm run experiment -- NAME [options]: an experiment of research/.
// npm run experiment -- --pages: writes the tables and figures of the pages of results from research/records.
import { spawn } from "node:child_process";
import { buildResearch } from "../research/build.mjs";
import { main, setUp } from "./setup.mjs";

await main(async () => {
  await setUp({ withWasm: false });
  const { main: experiment, pages } = await buildResearch();
  const words = process.argv.slice(2);
  const program = words[0] === "--pages" ? [pages] : [experiment, ...words];
  // Signals reach the experiment by its terminal; this process waits for what it answers.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
  const child = spawn(process.execPath, program, { stdio: "inherit" });
  process.exitCode = await new Promise((resolve) => child.on("close", resolve));
});
