// The samples that every library gets, as our trainer takes them and as a file that the others read.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CASES } from "../../dist/cli/bench/cases.js";
import { datasets, encode } from "../../dist/index.js";
import { ROOT } from "../../scripts/stamps.mjs";
import { writeNpz } from "./npz.mjs";

/** Samples of a pass; as dense spikes, which the other libraries want, they take half a gigabyte. */
const SAMPLES = { conv: 128, nmnist: 256, "conv-strided": 64, residual: 128 };

/** Digits whose pixels fire once, the darker the earlier, within 25 of 300 steps; or synthetic events. */
export async function samples(name) {
  const count = SAMPLES[name] ?? 512;
  if (!["mnist", "deep", "residual"].includes(name)) return (await CASES[name].samples({})).slice(0, count);
  const all = (await datasets.digits()).encode(encode.latency({ first: 0, last: 24 }));
  return all.split({ seed: 1 }).train.slice(0, count);
}

/** Simulated steps of a case. */
export function stepsOf(name) {
  return CASES[name].config.network.steps;
}

/** Writes their events where the other libraries read them. */
export async function exportSamples(name) {
  const data = await samples(name);
  const { offsets, times, units } = await data.events({ steps: stepsOf(name) });
  const file = join(ROOT, ".cache", "compare", `${name}.npz`);
  mkdirSync(dirname(file), { recursive: true });
  writeNpz(file, { offsets, times, units, labels: data.labels });
  return file;
}
