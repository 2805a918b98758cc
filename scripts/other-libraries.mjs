// Rows for the networks of other libraries that `benches/compare/learn.mjs` trained on the spikes of the verdict.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { spread } from "../dist/spread.js";
import { spreadText } from "../dist/study/report/result-table.js";
import { RECORDS } from "./made-page.mjs";
import { ROOT } from "./stamps.mjs";

/** Files of the records and what their networks are made of. */
const LIBRARIES = [
  { file: "snntorch", name: "snnTorch, `Synaptic`, fast sigmoid" },
  { file: "spikingjelly", name: "SpikingJelly, `LIFNode`, `ATan`" },
];
const HEAD = [
  "neurons",
  "test accuracy by count, %",
  "spikes per hidden unit",
  "seeds",
  "loss",
  "learning rate",
  "gain",
  "decay",
  "sharpness",
  "search, validation, %",
];

/**
 * Settings, accuracies as shares and spikes.
 *
 * @typedef {{ rate: number, gain: number, decay: number, sharpness: number, loss: string, epochs: number, validation: number }} Trial
 * @typedef {{ trials: Trial[], runs: { test: number, spikesPerHiddenUnit: number }[] }} Records
 */

/** The head, and a row for each library: the settings that the search chose and what they reach with fresh seeds. */
export function libraryRows() {
  return [HEAD, ...LIBRARIES.map(row)];
}

/** @param {(typeof LIBRARIES)[number]} library */
function row({ file, name }) {
  /** @type {Records} */
  const { trials, runs } = JSON.parse(readFileSync(join(ROOT, RECORDS, "learn", `${file}.json`), "utf8"));
  const { loss, rate, gain, decay, sharpness, validation } = chosen(trials);
  const tests = runs.map(({ test }) => 100 * test);
  const spikes = runs.map(({ spikesPerHiddenUnit }) => spikesPerHiddenUnit);
  const settings = [rate.toPrecision(2), String(gain), String(decay), String(sharpness)];
  const reached = [spreadText(spread(tests), 2), spreadText(spread(spikes), 3), String(runs.length)];
  return [name, ...reached, loss, ...settings, (100 * validation).toFixed(2)];
}

/**
 * The best of the last rung.
 *
 * @param {Trial[]} trials
 */
function chosen(trials) {
  const epochs = Math.max(...trials.map((trial) => trial.epochs));
  return trials.filter((trial) => trial.epochs === epochs).reduce((best, one) => (one.validation > best.validation ? one : best));
}
