import { existsSync } from "node:fs";
import { seedScatter } from "spikelet/plot";
import { type DoneRecord, markdownTable, measure, type PointSummary, readStudy, recordsOf, spread } from "spikelet/study";
import { pareto } from "../../site/figures/pareto.mjs";
import { EXPERIMENTS } from "../catalogue/index.js";
import { isTuned } from "../catalogue/reset-paths.js";
import { verdictEprop } from "../catalogue/verdict-eprop.js";
import { verdictOrder } from "../catalogue/verdict-order.js";
import { verdictWider, verdictWiderFashion } from "../catalogue/verdict-wider.js";
import type { Experiment } from "../experiment.js";
import { comparedIn } from "../report/compared.js";
import {
  accuracyAgainstSpikes,
  answerRows,
  type Compared,
  costRows,
  differenceRows,
  levelRows,
  nameOf,
  resultRows,
  searchRows,
} from "../report/comparison.js";
import { orderRows } from "../report/order.js";
import { pointRows } from "../report/point-rows.js";
import { repeated, repeatedRows } from "../report/searches.js";
import { recordsOf as fileOf, type Made, put } from "./made-page.js";
import { libraryRows } from "./other-libraries.js";

/** Pages with places for them. */
export const PAGES = ["docs/results/verdict.md", "docs/results/notes/verdict.md", "docs/guides/encoders-losses-rules.md"];

/** Least accuracy in % of what the figure of prices shows. */
const LOWEST = 85;

/** What the figure of prices shows; a readout under ANTLR is like one under activation. */
const FRONTS = new Set([
  "antlr, latency",
  "activation, count",
  "antlr, latency, wider",
  "activation, relaxedLatency, wider",
  "activation, countCrossEntropy, wider",
  "mixture, latency",
  "activation, membrane",
]);

/** What has the bits of activation with counts, since spike times have no part in that loss. */
const SAME_AS_ACTIVATION = "mixture, count";

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
/** Columns of the experiment in which spikes have a price. */
const ON_FRONTS: readonly (readonly [string, string])[] = [
  ["first spike, %", "firstSpike"],
  ["count, %", "count"],
  ["membrane, %", "membrane"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per sample", "spikes"],
  ["up to the decision", "spikesUntilDecision"],
  ["synaptic operations", "synapticOperations"],
  ["step of the decision", "decisionMean"],
];
/** Columns of experiments that have others than {@link COLUMNS}. */
const COLUMNS_OF: Readonly<Record<string, typeof COLUMNS>> = { "fashion-goals": WITH_READOUT, "spike-penalty": ON_FRONTS };
/** Columns of the experiment whose second half has target spike trains, for which only the loss tells. */
const ON_IMAGES = COLUMNS.filter(([, name]) => name !== "count");
const ON_TRAINS: readonly (readonly [string, string])[] = [
  ["loss", "loss"],
  ["spikes per hidden unit", "perUnit0"],
  ["spikes per output", "perUnit1"],
];

/** A page with its tables anew, and all figures by file. */
export async function made(page: string): Promise<Made> {
  shared ??= everything();
  const { tables, figures } = await shared;
  return { text: [...tables].reduce((text, [name, table]) => put(text, name, table), page), figures };
}

/** What pages are made of, by name and by file. */
interface Everything {
  tables: Map<string, string>;
  figures: Map<string, string>;
}

let shared: Promise<Everything> | undefined;

/** All tables and figures; reading the records takes long, so that the pages share them. */
async function everything(): Promise<Everything> {
  const [tables, figures] = [new Map<string, string>(), new Map<string, string>()];
  const table = (name: string, rows: string[][]) => tables.set(name, markdownTable(rows));
  for (const name of ["verdict", "verdict-fashion", "verdict-events", "verdict-structure", "verdict-trains", "verdict-rates"]) {
    const experiment = EXPERIMENTS.find((one) => one.name === name);
    if (experiment === undefined) continue;
    const all = await recorded(experiment);
    const [reference] = all;
    if (reference === undefined) continue;
    const apart = all.filter((one) => nameOf(one) !== SAME_AS_ACTIVATION);
    table(`${name} answer`, answerRows(apart, reference));
    table(`${name} strengths`, levelRows(apart, "training.silentUnitUpdate.strength", [0, 1, 10, 100]));
    for (const [part, rows] of comparisonTables(all, differenceRows(all, reference))) table(`${name} ${part}`, rows);
    const look = { x: "spikes per sample, all steps", y: "test accuracy, %", isLogarithmic: LOGARITHMIC.has(name), width: 440 };
    figures.set(`docs/figures/${name}.svg`, `${seedScatter(accuracyAgainstSpikes(all), look)}\n`);
  }
  for (const [name, rows] of await widerTables()) table(`verdict-wider ${name}`, rows);
  for (const [name, rows] of await widerFashionTables()) table(`verdict-wider-fashion ${name}`, rows);
  for (const [name, rows] of await orderTables()) table(`verdict-order ${name}`, rows);
  for (const [name, rows] of await epropTables()) table(`verdict-eprop ${name}`, rows);
  for (const name of OTHERS) {
    const file = fileOf(name);
    if (!existsSync(file)) continue;
    const points = shownOf(name, (await readStudy(file)).points);
    const columns = COLUMNS_OF[name] ?? COLUMNS;
    table(name, pointRows(points, columns));
    table(`${name} answer`, shortRows(points, columns.slice(0, 3)));
    if (name !== "spike-penalty") continue;
    const title = "Test accuracy, %, by the price of a hidden spike";
    figures.set(`docs/figures/${name}.svg`, pareto(title, "spikes per sample, all steps (logarithmic)", seriesOf(points)));
  }
  for (const [name, rows] of await balances()) table(`balance-schedules ${name}`, rows);
  table("other libraries", libraryRows());
  return { tables, figures };
}

/** The variants of which the records of an experiment have something; none without records. */
async function recorded(experiment: Experiment): Promise<Compared[]> {
  const file = fileOf(experiment.name);
  return existsSync(file) ? comparedIn(file, experiment, "full") : [];
}

type Tables = [name: string, rows: string[][]][];

/** What every comparison of searched variants shows in full. */
function comparisonTables(all: readonly Compared[], differences: string[][]): Tables {
  return [
    ["results", resultRows(all)],
    ["differences", differences],
    ["searches", searchRows(all)],
    ["cost", costRows(all)],
  ];
}

/** Tables of the rules with three wider searches each, as far as these have records. */
async function widerTables(): Promise<Tables> {
  const all = await recorded(verdictWider);
  const pairs = repeated(all);
  const [reference] = pairs;
  if (reference === undefined) return [];
  return [
    ["results", repeatedRows(pairs, reference)],
    ["searches", searchRows(all)],
    ["cost", costRows(all)],
  ];
}

/** Tables of the rules on Fashion-MNIST with one wider search each, as far as these have records. */
async function widerFashionTables(): Promise<Tables> {
  const all = (await recorded(verdictWiderFashion)).filter(({ records }) => records.length > 0);
  const [reference] = all;
  return reference === undefined ? [] : comparisonTables(all, differenceRows(all, reference));
}

/** Tables of the rules where the order of spikes is the message. */
async function orderTables(): Promise<Tables> {
  const all = await recorded(verdictOrder);
  if (all.length === 0) return [];
  return [
    ["answer", orderRows(all)],
    ["results", resultRows(all)],
    ["searches", searchRows(all)],
    ["cost", costRows(all)],
  ];
}

/** Tables of e-prop beside activation through time; differences are of variants with the same hidden layers. */
async function epropTables(): Promise<Tables> {
  const all = await recorded(verdictEprop);
  if (all.length === 0) return [];
  const structures = [...new Set(all.map(({ variant }) => variant.at))];
  const tables = structures.map((at) => {
    const alike = all.filter(({ variant }) => variant.at === at);
    return differenceRows(alike, alike[0] as Compared);
  });
  return comparisonTables(
    all,
    tables.flatMap((rows, index) => (index === 0 ? rows : rows.slice(1))),
  );
}

/** Tables of weights of the two gradients. */
async function balances(): Promise<Tables> {
  const file = fileOf("balance-schedules");
  if (!existsSync(file)) return [];
  const { points } = await readStudy(file);
  const isOfTrains = (point: PointSummary) => point.rows[0].run.settings["at"] === "spike trains";
  const trains = points.filter(isOfTrains);
  const images = points.filter((point) => !isOfTrains(point));
  return [
    ["images", pointRows(images, ON_IMAGES)],
    ["trains", pointRows(trains, ON_TRAINS)],
  ];
}

/** The points of an experiment that belong here; the small networks of `reset-paths` are beside other small ones. */
function shownOf(name: string, points: readonly PointSummary[]): readonly PointSummary[] {
  return name === "reset-paths" ? points.filter(isTuned) : points;
}

/** Rows of points without the number of seeds, which the text beside the table says. */
function shortRows(points: readonly PointSummary[], columns: readonly (readonly [string, string])[]): string[][] {
  return pointRows(points, columns).map((row) => row.slice(0, -1));
}

/** Means by series and price, each by the decision that its loss trains; the series of the figure alone. */
function seriesOf(points: readonly PointSummary[]) {
  const all = new Map<string, { x: number; y: number }[]>();
  for (const point of points) {
    const { run } = point.rows[0];
    const series = String(run.settings["series"]);
    const accuracy = measure(String(run.config["bestBy"] ?? "firstSpike"));
    const mean = ({ of }: { of(record: DoneRecord): number }) => spread(recordsOf(point).map(of)).mean;
    const one = { x: mean(measure("spikes")), y: mean(accuracy) };
    if (FRONTS.has(series)) all.set(series, [...(all.get(series) ?? []), one]);
  }
  return [...all].map(([name, ofSeries]) => ({ name, points: ofSeries.filter(({ y }) => y >= LOWEST) }));
}
