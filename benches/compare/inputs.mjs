// The samples that every library gets: digits whose pixels fire once, the darker the earlier, within 25 of 300 steps.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { datasets, encode } from "../../dist/index.js";
import { ROOT } from "../../scripts/stamps.mjs";
import { writeNpz } from "./npz.mjs";

export const STEPS = 300;
/** Samples of a pass; as dense spikes, which the other libraries want, they take half a gigabyte. */
export const SAMPLES = 512;

/** The digits, as our trainer takes them. */
export async function digits() {
  const all = (await datasets.digits()).encode(encode.latency({ first: 0, last: 24 }));
  return all.split({ seed: 1 }).train.slice(0, SAMPLES);
}

/** Writes their events where the other libraries read them. */
export async function exportDigits() {
  const data = await digits();
  const { offsets, times, units } = await data.events({ steps: STEPS });
  const file = join(ROOT, ".cache", "compare", "digits.npz");
  mkdirSync(dirname(file), { recursive: true });
  writeNpz(file, { offsets, times, units, labels: data.labels });
  return file;
}
