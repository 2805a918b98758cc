import { existsSync } from "node:fs";
import { seedScatter } from "spikelet/plot";
import { type DoneRecord, markdownTable, measure, type PointSummary, readStudy, recordsOf, spread } from "spikelet/study";
import { pareto } from "../../site/figures/pareto.mjs";
import { EXPERIMENTS } from "../catalogue/index.js";
import { comparedIn } from "../report/compared.js";
import { accuracyAgainstSpikes, costRows, differenceRows, levelRows, resultRows, searchRows } from "../report/comparison.js";
import { pointRows } from "../report/point-rows.js";
import { recordsOf as fileOf, type Made, put } from "./made-page.js";
import { libraryRows } from "./other-libraries.js";

/** Pages with places for them. */
export const PAGES = ["docs/results/verdict.md", "docs/guides/encoders-losses-rules.md"];

/** Least accuracy in % of what the figure of prices shows. */
const LOWEST = 85;

/** Experiments whose variants differ in their spikes by orders of magnitude. */
const LOGARITHMIC = new Set(["verdict-structure"]);

/** Experiments without a search. */
const OTHERS = [
  "common-count",
  "target-silence",
  "reset-paths",
  "spike-penalty",
  "mnist-goals",
  "fashion-goals",
  "presets",
  "single-spike",
  "surrogate-width",
];
const COLUMNS: readonly (readonly [string, string])[] = [
  ["first spike, %", "firstSpike"],
  ["count, %", "count"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per sample", "spikes"],
  ["step of the decision", "decisionMean"],
];
/** Columns of the experiment of which one series has a readout. */
const WITH_READOUT: readonly (readonly [string, string])[] = [
  ["first spike, %", "firstSpike"],
  ["membrane, %", "membrane"],
  ...COLUMNS.slice(2),
];
/** Columns of the experiment whose second half has target spike trains, for which only the loss tells. */
const ON_IMAGES = COLUMNS.filter(([, name]) => name !== "count");
const ON_TRAINS: readonly (readonly [string, string])[] = [
  ["loss", "loss"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per output", "perUnit1"],
];

/** A page with its tables anew, and all figures by file. */
export async function made(page: string): Promise<Made> {
  const figures = new Map<string, string>();
  let text = page;
  for (const name of ["verdict", "verdict-fashion", "verdict-events", "verdict-structure", "verdict-trains"]) {
    const experiment = EXPERIMENTS.find((one) => one.name === name);
    const file = fileOf(name);
    if (experiment === undefined || !existsSync(file)) continue;
    const all = await comparedIn(file, experiment, "full");
    const [reference] = all;
    if (reference === undefined) continue;
    text = put(text, `${name} results`, markdownTable(resultRows(all)));
    text = put(text, `${name} differences`, markdownTable(differenceRows(all, reference)));
    text = put(text, `${name} searches`, markdownTable(searchRows(all)));
    const strengths = levelRows(all, "training.silentUnitUpdate.strength", [0, 1, 10, 100]);
    text = put(text, `${name} strengths`, markdownTable(strengths));
    text = put(text, `${name} cost`, markdownTable(costRows(all)));
    const look = { x: "spikes per sample, all steps", y: "test accuracy, %", isLogarithmic: LOGARITHMIC.has(name), width: 440 };
    const svg = seedScatter(accuracyAgainstSpikes(all), look);
    figures.set(`docs/figures/${name}.svg`, `${svg}\n`);
  }
  for (const name of OTHERS) {
    const file = fileOf(name);
    if (!existsSync(file)) continue;
    const { points } = await readStudy(file);
    text = put(text, name, markdownTable(pointRows(points, name === "fashion-goals" ? WITH_READOUT : COLUMNS)));
    if (name !== "spike-penalty") continue;
    const title = "Test accuracy, %, by the price of a hidden spike";
    figures.set(`docs/figures/${name}.svg`, pareto(title, "spikes per sample, all steps (logarithmic)", seriesOf(points)));
  }
  text = put(text, "other libraries", markdownTable(libraryRows()));
  return { text: await withBalances(text), figures };
}

/** The page with the tables of weights of the two gradients. */
async function withBalances(text: string): Promise<string> {
  const file = fileOf("balance-schedules");
  if (!existsSync(file)) return text;
  const { points } = await readStudy(file);
  const isOfTrains = (point: PointSummary) => point.rows[0].run.settings["at"] === "spike trains";
  const trains = points.filter(isOfTrains);
  const images = points.filter((point) => !isOfTrains(point));
  const withImages = put(text, "balance-schedules images", markdownTable(pointRows(images, ON_IMAGES)));
  return put(withImages, "balance-schedules trains", markdownTable(pointRows(trains, ON_TRAINS)));
}

/** Means by series and price, each by the decision that its loss trains. */
function seriesOf(points: readonly PointSummary[]) {
  const all = new Map<string, { label: string; x: number; y: number }[]>();
  for (const point of points) {
    const { series, at } = point.rows[0].run.settings;
    const accuracy = measure(series === "activation" ? "count" : "firstSpike");
    const mean = ({ of }: { of(record: DoneRecord): number }) => spread(recordsOf(point).map(of)).mean;
    const one = { label: String(at), x: mean(measure("spikes")), y: mean(accuracy) };
    all.set(String(series), [...(all.get(String(series)) ?? []), one]);
  }
  return [...all].map(([name, ofSeries]) => ({ name, points: ofSeries.filter(({ y }) => y >= LOWEST) }));
}
