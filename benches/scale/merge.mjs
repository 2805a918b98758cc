// node benches/scale/merge.mjs FOLDERS.json OUT: `spikelet sweep merge` on the folders of a list; a second line tells time and memory.
import { readFileSync } from "node:fs";
import { runCli } from "../../dist/cli/app.js";

const [list, out] = process.argv.slice(2);
const folders = JSON.parse(readFileSync(list, "utf8"));
const start = performance.now();
process.exitCode = await runCli(["sweep", "merge", ...folders, "--out", out, "--json"]);
const seconds = Number(((performance.now() - start) / 1000).toFixed(2));
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ seconds, peakMegabytes })}\n`);
