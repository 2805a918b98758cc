import { markdownTable, readStudy } from "spikelet/study";
import { isTuned } from "../catalogue/reset-paths.js";
import { grid, type Shown } from "../report/grid.js";
import { pointRows } from "../report/point-rows.js";
import { type Made, put, recordsOf } from "./made-page.js";

/** The page with places for the tables. */
export const PAGE = "docs/results/notes/experiments.md";

const ACCURACY: Shown = ["first spike, %", "firstSpike"];
const HIDDEN: Shown = ["spikes per hidden unit", "perUnit0"];
const SPIKES: Shown = ["spikes up to the decision", "spikesUntilDecision"];
const STEP: Shown = ["step", "decisionMean"];

/** Experiments whose series are columns: what their rows are, and what is shown of each series. */
const GRIDS: readonly (readonly [name: string, axis: string, shown: readonly Shown[]])[] = [
  ["balance", "share of the timing part", [ACCURACY, HIDDEN]],
  ["inside-or-final", "hidden layers", [ACCURACY, SPIKES]],
  ["fair", "condition", [ACCURACY, SPIKES, STEP]],
  ["reset-paths", "path of every part that the rule has", [ACCURACY]],
  ["structure", "hidden layers", [ACCURACY, SPIKES, STEP]],
  ["initial-activity", "hidden spikes per unit at the start", [ACCURACY, HIDDEN]],
  ["rate-coded", "loss", [["%", "decision"], HIDDEN]],
  ["spike-train-matching", "hidden layers of 100", [["loss", "loss"]]],
];

/** What a setting of a training brings to readouts, by the epoch that validation chose. */
const SETTINGS: readonly Shown[] = [
  ["validation, %", "validationDecision"],
  ["test, %", "decision"],
  ["epoch", "epoch"],
];

/** Experiments with a row for each variant. */
const LISTS: readonly (readonly [name: string, columns: readonly Shown[]])[] = [
  ["nmnist", [ACCURACY, HIDDEN, SPIKES, STEP]],
  ["readouts", [["test accuracy, %", "decision"], ACCURACY, HIDDEN, SPIKES, STEP]],
  ["yin-yang", [ACCURACY, HIDDEN, SPIKES, STEP]],
];

/** The page with its tables anew. */
export async function made(page: string): Promise<Made> {
  let text = page;
  for (const [name, axis, shown] of GRIDS) {
    const { points } = await readStudy(recordsOf(name));
    const small = points.filter((point) => !isTuned(point));
    text = put(text, name, markdownTable(grid(small, axis, shown)));
  }
  for (const [name, columns] of LISTS) {
    const { points } = await readStudy(recordsOf(name));
    text = put(text, name, markdownTable(pointRows(points, columns)));
  }
  const settings = await readStudy(recordsOf("training-settings"));
  text = put(text, "training-settings", markdownTable(grid(settings.points, "setting", SETTINGS, "series")));
  return { text, figures: new Map() };
}
