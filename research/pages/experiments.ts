import { existsSync } from "node:fs";
import { markdownTable, measure, type PointSummary, readStudy, recordsOf as runsOf, spread } from "spikelet/study";
import { pareto } from "../../site/figures/pareto.mjs";
import { grid, type Shown } from "../report/grid.js";
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
  ["structure", "hidden layers", [ACCURACY, SPIKES, STEP]],
  ["initial-activity", "hidden spikes per unit at the start", [ACCURACY, HIDDEN]],
  ["rate-coded", "loss", [["%", "decision"], HIDDEN]],
  ["spike-train-matching", "hidden layers of 100", [["loss", "loss"]]],
];

/** Rules and widths of one hidden layer in the figure of accuracy against spikes. */
const [RULES, WIDTHS] = [
  ["antlr", "timing", "activation"],
  ["50", "200", "800"],
];

/** The page with its tables anew, as far as there are records. */
export async function made(page: string): Promise<Made> {
  let text = page;
  const figures = new Map<string, string>();
  for (const [name, axis, shown] of GRIDS) {
    const file = recordsOf(name);
    if (!existsSync(file)) continue;
    const { points } = await readStudy(file);
    text = put(text, name, markdownTable(grid(points, axis, shown)));
    if (name === "structure") figures.set("docs/figures/cost.svg", accuracyAgainstSpikes(points));
  }
  return { text, figures };
}

/** Means by rule and width. */
function accuracyAgainstSpikes(points: readonly PointSummary[]): string {
  const at = (place: string) => {
    const point = points.find((one) => one.place === place);
    const mean = (name: string) => spread(point ? runsOf(point).map(measure(name).of) : []).mean;
    return { x: mean("spikesUntilDecision"), y: mean("firstSpike") };
  };
  const series = RULES.map((name) => ({ name, points: WIDTHS.map((width) => at(`${name}, ${width}`)) }));
  return pareto("Test accuracy by first spike, %", "spikes per sample up to the decision (logarithmic)", series);
}
