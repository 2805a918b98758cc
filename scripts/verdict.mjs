// node scripts/verdict.mjs: writes the tables and figures of the verdict, and a table of a guide, from the records in research/records.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { seedScatter } from "../dist/plot/index.js";
import { spread } from "../dist/spread.js";
import { EXPERIMENTS } from "../dist/study/catalogue/index.js";
import {
  accuracyAgainstSpikes,
  costRows,
  differenceRows,
  levelRows,
  markdownTable,
  resultRows,
  searchRows,
} from "../dist/study/report/comparison.js";
import { comparedIn } from "../dist/study/report/comparison.node.js";
import { measure } from "../dist/study/report/measures.js";
import { gather } from "../dist/study/report/merge.node.js";
import { pointRows } from "../dist/study/report/point-rows.js";
import { pointsOf, recordsOf } from "../dist/study/report/points.js";
import { pareto } from "../site/figures/pareto.mjs";
import { put, RECORDS, renew } from "./made-page.mjs";
import { libraryRows } from "./other-libraries.mjs";
import { ROOT } from "./stamps.mjs";

/** Pages with places for them. */
export const PAGES = ["docs/results/verdict.md", "docs/guides/encoders-losses-rules.md"];

/** Least accuracy in % of what the figure of prices shows. */
const LOWEST = 85;

/** Those whose variants differ in their spikes by orders of magnitude. */
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
/** @type {readonly (readonly [string, string])[]} */
const COLUMNS = [
  ["first spike, %", "firstSpike"],
  ["count, %", "count"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per sample", "spikes"],
  ["step of the decision", "decisionMean"],
];
/** Columns of the experiment of which one series has a readout. */
/** @type {readonly (readonly [string, string])[]} */
const WITH_READOUT = [["first spike, %", "firstSpike"], ["membrane, %", "membrane"], ...COLUMNS.slice(2)];
/** Columns of the experiment whose second half has target spike trains, for which only the loss tells. */
const ON_IMAGES = COLUMNS.filter(([, name]) => name !== "count");
/** @type {readonly (readonly [string, string])[]} */
const ON_TRAINS = [
  ["loss", "loss"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per output", "perUnit1"],
];

/**
 * A page with its tables anew, and all figures by file.
 *
 * @param {string} page
 */
export async function made(page) {
  /** @type {Map<string, string>} */
  const figures = new Map();
  let text = page;
  for (const name of ["verdict", "verdict-fashion", "verdict-events", "verdict-structure", "verdict-trains"]) {
    const experiment = EXPERIMENTS.find((one) => one.name === name);
    const file = join(ROOT, RECORDS, `${name}.ndjson`);
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
    const look = { x: "spikes per sample, all steps", y: "test accuracy, %", isLogarithmic: LOGARITHMIC.has(name), width: 700 };
    const svg = seedScatter(accuracyAgainstSpikes(all), look);
    figures.set(`docs/figures/${name}.svg`, `${svg}\n`);
  }
  for (const name of OTHERS) {
    const file = join(ROOT, RECORDS, `${name}.ndjson`);
    if (!existsSync(file)) continue;
    const { manifest, table } = await gather([file]);
    const points = pointsOf(table, manifest.plan);
    text = put(text, name, markdownTable(pointRows(points, name === "fashion-goals" ? WITH_READOUT : COLUMNS)));
    if (name !== "spike-penalty") continue;
    const title = "Test accuracy in %, against spikes of a sample, by the price of a hidden spike";
    figures.set(`docs/figures/${name}.svg`, pareto(title, "spikes per sample, all steps (logarithmic)", seriesOf(points)));
  }
  text = put(text, "other libraries", markdownTable(libraryRows()));
  return { text: await withBalances(text), figures };
}

/**
 * The page with the tables of weights of the two gradients.
 *
 * @param {string} text
 */
async function withBalances(text) {
  const file = join(ROOT, RECORDS, "balance-schedules.ndjson");
  if (!existsSync(file)) return text;
  const { manifest, table } = await gather([file]);
  const points = pointsOf(table, manifest.plan);
  const isOfTrains = (/** @type {(typeof points)[number]} */ point) => point.rows[0].run.settings["at"] === "spike trains";
  const trains = points.filter(isOfTrains);
  const images = points.filter((point) => !isOfTrains(point));
  const withImages = put(text, "balance-schedules images", markdownTable(pointRows(images, ON_IMAGES)));
  return put(withImages, "balance-schedules trains", markdownTable(pointRows(trains, ON_TRAINS)));
}

/**
 * Means by series and price, each by the decision that its loss trains.
 *
 * @param {ReturnType<typeof pointsOf>} points
 */
function seriesOf(points) {
  /** @type {Map<string, { label: string, x: number, y: number }[]>} */
  const all = new Map();
  for (const point of points) {
    const { series, at } = point.rows[0].run.settings;
    const accuracy = measure(series === "activation" ? "count" : "firstSpike");
    const mean = (/** @type {{ of(record: any): number }} */ { of }) => spread(recordsOf(point).map(of)).mean;
    const one = { label: String(at), x: mean(measure("spikes")), y: mean(accuracy) };
    all.set(String(series), [...(all.get(String(series)) ?? []), one]);
  }
  return [...all].map(([name, ofSeries]) => ({ name, points: ofSeries.filter(({ y }) => y >= LOWEST) }));
}

if (process.argv[1] === import.meta.filename) {
  for (const page of PAGES) await renew(page, made);
}
