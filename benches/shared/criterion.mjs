// The Rust benchmarks: runs them and reads what criterion leaves in its folder.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { spread } from "../../dist/cli/bench/statistics.js";
import { run } from "../../scripts/run.mjs";
import { ROOT } from "../../scripts/stamps.mjs";

/** Few and short samples: levels differ by factors, not by per cents. */
const SHORT = ["--noplot", "--sample-size", "10", "--warm-up-time", "0.3", "--measurement-time", "0.5"];

/** @returns {Promise<{ group: string, name: string, seconds: number, spread: number, elementsPerSecond: number }[]>} */
export async function rustBenches(filter = "") {
  const since = Date.now();
  await run("cargo", ["bench", "--quiet", "--package", "spikelet-benches", "--", ...SHORT, ...(filter ? [filter] : [])]);
  const folder = join(process.env.CARGO_TARGET_DIR || join(ROOT, "target"), "criterion");
  return [...estimates(folder, since)].sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.seconds - b.seconds));
}

function* estimates(folder, since) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    const file = join(path, "estimates.json");
    if (entry.name !== "new") yield* estimates(path, since);
    else if (existsSync(file) && statSync(file).mtimeMs >= since) yield estimate(path);
  }
}

function estimate(path) {
  const read = (name) => JSON.parse(readFileSync(join(path, name), "utf8"));
  const { group_id: group, function_id: id, value_str: value, throughput } = read("benchmark.json");
  const { iters, times } = read("sample.json");
  const seconds = read("estimates.json").median.point_estimate / 1e9;
  return {
    group,
    name: [id, value].filter((part) => part !== null).join(", "),
    seconds,
    spread: spread(times.map((time, k) => time / iters[k])),
    elementsPerSecond: throughput.Elements / seconds,
  };
}
