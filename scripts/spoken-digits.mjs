// node scripts/spoken-digits.mjs: writes the tables and figures of docs/results/spoken-digits.md from the records.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { seedScatter } from "../dist/plot/index.js";
import { spread } from "../dist/spread.js";
import { EXPERIMENTS } from "../dist/study/catalogue/index.js";
import { accuracyMeasure, markdownTable, nameOf, searchRows, spikesMeasure } from "../dist/study/report/comparison.js";
import { comparedIn } from "../dist/study/report/comparison.node.js";
import { measure } from "../dist/study/report/measures.js";
import { deviationText } from "../dist/study/report/result-table.js";
import { put, RECORDS, renew } from "./made-page.mjs";
import { ROOT } from "./stamps.mjs";

export const PAGE = "docs/results/spoken-digits.md";

/** Milliseconds of a step, and of a sample. */
const [STEP, SAMPLE] = [10, 1000];

/** Least accuracy in % of what the figures show. */
const LOWEST = 50;

/** Speakers that are held out in turn. */
const HELD_OUT = 6;

/** The hidden layer that validation speakers chose by this seed. */
const [CHOSEN, CHOOSING] = ["LIF", 1];

/** What the name of a variant says, as the head of its column. */
const VARIANT = "network, rule, answer";

/** @typedef {import("../dist/study/report/comparison.js").Compared} Compared */

/**
 * The page with its tables anew, and the figures by file.
 *
 * @param {string} page
 */
export async function made(page) {
  /** @type {Map<string, string>} */
  const figures = new Map();
  let text = page;
  const all = await done("spoken-digits");
  if (all.length > 0) {
    text = put(text, "spoken-digits results", markdownTable(resultRows(all)));
    text = put(text, "spoken-digits searches", markdownTable(searchesOf(all)));
    const axes = { x: "spikes per sample up to the decision", y: "accuracy on the official test, %", width: 700 };
    figures.set("docs/figures/spoken-digits.svg", `${seedScatter(points(all, "LIF"), axes)}\n`);
    figures.set("docs/figures/spoken-digits-neurons.svg", `${seedScatter(points(all, "activation, readout"), axes)}\n`);
  }
  const voices = await done("spoken-voices");
  if (voices.length > 0) {
    text = put(text, "spoken-voices choice", markdownTable(choiceRows(voices)));
    text = put(text, "spoken-voices", markdownTable(voiceRows(voices.filter(({ variant }) => variant.series === CHOSEN))));
  }
  return { text, figures };
}

/**
 * The variants of an experiment that have runs.
 *
 * @param {string} name
 */
async function done(name) {
  const experiment = named(name);
  const file = join(ROOT, RECORDS, `${name}.ndjson`);
  if (experiment === undefined || !existsSync(file)) return [];
  return (await comparedIn(file, experiment, "full")).filter(({ records }) => records.length > 0);
}

/**
 * Means and deviations over the seeds of each variant.
 *
 * @param {readonly Compared[]} all
 */
export function resultRows(all) {
  const head = [
    VARIANT,
    "official test, %",
    "validation, %",
    "spikes per hidden unit",
    "spikes per sample up to the decision",
    "synaptic operations per sample",
    "decided after, ms",
    "seeds",
  ];
  const rows = all.map((one) => {
    const isFirst = one.bestBy === "firstSpike";
    const cell = (/** @type {string} */ name) => over(one, measure(name));
    return [
      nameOf(one),
      over(one, accuracyMeasure(one)),
      over(one, { of: validated(one), digits: 2 }),
      cell("perUnit0"),
      over(one, spikesMeasure(one)),
      cell("synapticOperations"),
      isFirst ? over(one, { of: (record) => STEP * measure("decisionMean").of(record), digits: 0 }) : String(SAMPLE),
      one.failed === 0 ? String(one.records.length) : `${one.records.length}, ${one.failed} failed`,
    ];
  });
  return [head, ...rows];
}

/**
 * What each search chose, under the names of this page.
 *
 * @param {readonly Compared[]} all
 */
function searchesOf(all) {
  const [[, ...head] = [], ...rows] = searchRows(all);
  return [[VARIANT, ...head], ...rows];
}

/** @param {string} name */
function named(name) {
  return EXPERIMENTS.find((one) => one.name === name);
}

/**
 * Validation accuracy of each hidden layer over the speakers held out, by one seed.
 *
 * @param {readonly Compared[]} all
 */
function choiceRows(all) {
  const speakers = all.filter(({ variant }) => variant.at !== "official");
  const layers = [...new Set(speakers.map(({ variant }) => String(variant.series)))];
  const rows = layers.map((layer) => {
    const of = speakers.filter(({ variant }) => variant.series === layer);
    const validations = of.flatMap((one) => one.records.filter(({ seed }) => seed === CHOOSING).map(validated(one)));
    return [layer, spread(validations).mean.toFixed(2), ...validations.map((accuracy) => accuracy.toFixed(1))];
  });
  const complete = rows.filter((row) => row.length === 2 + HELD_OUT);
  return [["hidden layer", "mean, %", ...speakers.slice(0, HELD_OUT).map(({ variant }) => String(variant.at))], ...complete];
}

/**
 * The official split, each speaker, and the mean over the speakers, whose deviation is that of its seeds.
 *
 * @param {readonly Compared[]} all
 */
function voiceRows(all) {
  const row = (/** @type {string} */ name, /** @type {readonly Compared[]} */ of) => {
    const cell = (/** @type {(one: Compared) => (record: any) => number} */ accuracy) => deviationText(bySeed(of, accuracy), 2);
    const seeds = Math.min(...of.map(({ records }) => records.length));
    return [name, cell((one) => accuracyMeasure(one).of), cell(validated), String(seeds)];
  };
  const speakers = all.filter(({ variant }) => variant.at !== "official");
  const rows = all.map((one) => row(String(one.variant.at), [one]));
  return [["test", "accuracy, %", "validation, %", "seeds"], ...rows, row("mean of the speakers", speakers)];
}

/**
 * For each seed the mean over the variants.
 *
 * @param {readonly Compared[]} all
 * @param {(one: Compared) => (record: any) => number} accuracy
 */
function bySeed(all, accuracy) {
  const seeds = all[0]?.records.map(({ seed }) => seed) ?? [];
  const means = seeds.map((seed) => {
    const values = all.flatMap((one) => one.records.filter((record) => record.seed === seed).map(accuracy(one)));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return spread(means);
}

/**
 * Validation accuracy in % of the chosen epoch, by the decision that the loss trains.
 *
 * @param {Compared} one
 * @returns {(record: any) => number}
 */
function validated({ bestBy }) {
  return ({ result }) => 100 * (result.validation?.accuracy[bestBy] ?? Number.NaN);
}

/**
 * @param {Compared} one
 * @param {{ of(record: any): number, digits: number }} measured
 */
function over({ records }, { of, digits }) {
  return deviationText(spread(records.map(of)), digits);
}

/**
 * Accuracy and spikes of the runs of the variants with that network, or that rule and answer.
 *
 * @param {readonly Compared[]} all
 * @param {string} part
 */
function points(all, part) {
  return all
    .filter(({ variant: { series, at } }) => series === part || at === part)
    .flatMap((one) => {
      const { series, at } = one.variant;
      const name = String(series === part ? at : series);
      const spikes = spikesMeasure(one);
      return one.records.map((record) => ({ series: name, x: spikes.of(record), y: accuracyMeasure(one).of(record) }));
    })
    .filter(({ y }) => y >= LOWEST);
}

if (process.argv[1] === import.meta.filename) await renew(PAGE, made);
