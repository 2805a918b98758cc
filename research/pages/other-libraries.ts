import { readFileSync } from "node:fs";
import { join } from "node:path";
import { spread, spreadText } from "spikelet/study";
import { ROOT } from "./made-page.js";

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

/** Settings that were tried, with the accuracy on the validation data as a fraction. */
interface Trial {
  rate: number;
  gain: number;
  decay: number;
  sharpness: number;
  loss: string;
  epochs: number;
  validation: number;
}

/** What `benches/compare/learn.mjs` leaves of a library on the spikes of the verdict. */
interface LibraryRecords {
  trials: Trial[];
  runs: { test: number; spikesPerHiddenUnit: number }[];
}

/** The head, and a row for each library: the settings that the search chose and what they reach with fresh seeds. */
export function libraryRows(): string[][] {
  return [HEAD, ...LIBRARIES.map(row)];
}

function row({ file, name }: (typeof LIBRARIES)[number]): string[] {
  const path = join(ROOT, "research/records/learn", `${file}.json`);
  const { trials, runs } = JSON.parse(readFileSync(path, "utf8")) as LibraryRecords;
  const { loss, rate, gain, decay, sharpness, validation } = chosen(trials);
  const tests = runs.map(({ test }) => 100 * test);
  const spikes = runs.map(({ spikesPerHiddenUnit }) => spikesPerHiddenUnit);
  const settings = [rate.toPrecision(2), String(gain), String(decay), String(sharpness)];
  const reached = [spreadText(spread(tests), 2), spreadText(spread(spikes), 3), String(runs.length)];
  return [name, ...reached, loss, ...settings, (100 * validation).toFixed(2)];
}

/** The best of the last rung. */
function chosen(trials: readonly Trial[]): Trial {
  const epochs = Math.max(...trials.map((trial) => trial.epochs));
  return trials.filter((trial) => trial.epochs === epochs).reduce((best, one) => (one.validation > best.validation ? one : best));
}
