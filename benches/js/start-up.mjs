// How long a fresh process takes to import the package, and then to make its first trainer. Prints one JSON object a line.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spread } from "../../dist/cli/bench/statistics.js";
import { median } from "../../dist/spread.js";

const PROCESSES = 15;
const once = fileURLToPath(new URL("start-up-once.mjs", import.meta.url));
const found = Array.from({ length: PROCESSES }, () => JSON.parse(execFileSync(process.execPath, [once], { encoding: "utf8" })));
for (const name of Object.keys(found[0])) {
  const seconds = found.map((one) => one[name]);
  process.stdout.write(`${JSON.stringify({ name, seconds: median(seconds), spread: spread(seconds) })}\n`);
}
