// Our side of the comparison of e-prop: node ours.mjs SIZE ACTIVITY, then `eprop SECONDS` or `bptt SECONDS` a line on stdin.
import { createInterface } from "node:readline";
import { loadBackend } from "../../../dist/backend.js";
import { BenchSession } from "../../../dist/cli/bench/session.js";
import { configOf, RULES, samplesOf, WEIGHT_SCALES } from "./case.mjs";

const [size, activity] = process.argv.slice(2);
const backend = await loadBackend();
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

const sessions = {};
for (const [name, rule] of Object.entries(RULES)) {
  const options = { backend, weightScale: WEIGHT_SCALES[activity] };
  sessions[name] = await BenchSession.open(configOf(size, rule), samplesOf(size), options);
}
say({ version: `${backend.version}, ${backend.kind} ${sessions.eprop.info.simd}` });

for await (const line of createInterface({ input: process.stdin })) {
  const [name, limit] = line.split(" ");
  const start = performance.now();
  const before = process.cpuUsage();
  let samples = 0;
  do samples += await sessions[name].train();
  while (performance.now() - start < 1000 * Number(limit));
  const { user, system } = process.cpuUsage(before);
  say({ samples, seconds: (user + system) / 1e6 });
}
