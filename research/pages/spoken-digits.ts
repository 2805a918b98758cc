import { existsSync } from "node:fs";
import { seedScatter } from "spikelet/plot";
import { type DoneRecord, deviationText, markdownTable, measure, type Spread, spread } from "spikelet/study";
import { EXPERIMENTS } from "../catalogue/index.js";
import { comparedIn } from "../report/compared.js";
import { accuracyMeasure, type Compared, nameOf, searchRows, spikesMeasure } from "../report/comparison.js";
import { type Made, put, recordsOf } from "./made-page.js";

export const PAGE = "docs/results/spoken-digits.md";

/** Milliseconds of a step, and of a sample. */
const [STEP, SAMPLE] = [10, 1000];

/** Least accuracy in % of what the figures show. */
const LOWEST = 50;

/** Speakers that are held out in turn. */
const HELD_OUT = 6;

/** The hidden layer that validation speakers chose by this seed. */
const [CHOSEN, CHOOSING] = ["adLIF", 1];

/** What the name of a variant says, as the head of its column. */
const VARIANT = "network, rule, answer";

/** The page with its tables anew, and the figures by file. */
export async function made(page: string): Promise<Made> {
  const figures = new Map<string, string>();
  let text = page;
  const all = await done("spoken-digits");
  if (all.length > 0) {
    text = put(text, "spoken-digits results", markdownTable(resultRows(all)));
    text = put(text, "spoken-digits searches", markdownTable(searchesOf(all)));
    const axes = { x: "spikes per sample up to the decision", y: "accuracy on the official test, %", width: 440 };
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

/** The variants of an experiment that have runs. */
async function done(name: string) {
  const experiment = named(name);
  const file = recordsOf(name);
  if (experiment === undefined || !existsSync(file)) return [];
  return (await comparedIn(file, experiment, "full")).filter(({ records }) => records.length > 0);
}

/** Means and deviations over the seeds of each variant. */
export function resultRows(all: readonly Compared[]): string[][] {
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
    const cell = (name: string) => over(one, measure(name));
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

/** What each search chose, under the names of this page. */
function searchesOf(all: readonly Compared[]) {
  const [[, ...head] = [], ...rows] = searchRows(all);
  return [[VARIANT, ...head], ...rows];
}

function named(name: string) {
  return EXPERIMENTS.find((one) => one.name === name);
}

/** Validation accuracy of each hidden layer over the speakers held out, by one seed. */
function choiceRows(all: readonly Compared[]) {
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

/** The official split, each speaker, and the mean over the speakers, whose deviation is that of its seeds. */
function voiceRows(all: readonly Compared[]) {
  const row = (name: string, of: readonly Compared[]) => {
    const cell = (accuracy: (one: Compared) => (record: DoneRecord) => number) => deviationText(bySeed(of, accuracy), 2);
    const seeds = Math.min(...of.map(({ records }) => records.length));
    return [name, cell((one) => accuracyMeasure(one).of), cell(validated), String(seeds)];
  };
  const speakers = all.filter(({ variant }) => variant.at !== "official");
  const rows = all.map((one) => row(String(one.variant.at), [one]));
  return [["test", "accuracy, %", "validation, %", "seeds"], ...rows, row("mean of the speakers", speakers)];
}

/** For each seed the mean over the variants. */
function bySeed(all: readonly Compared[], accuracy: (one: Compared) => (record: DoneRecord) => number): Spread {
  const seeds = all[0]?.records.map(({ seed }) => seed) ?? [];
  const means = seeds.map((seed) => {
    const values = all.flatMap((one) => one.records.filter((record) => record.seed === seed).map(accuracy(one)));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return spread(means);
}

/** Validation accuracy in % of the chosen epoch, by the decision that the loss trains. */
function validated({ bestBy }: Compared): (record: DoneRecord) => number {
  return ({ result }) => 100 * ((result.validation?.accuracy as Record<string, number> | undefined)?.[bestBy] ?? Number.NaN);
}

function over({ records }: Compared, { of, digits }: { of(record: DoneRecord): number; digits: number }) {
  return deviationText(spread(records.map(of)), digits);
}

/** Accuracy and spikes of the runs of the variants with that network, or that rule and answer. */
function points(all: readonly Compared[], part: string) {
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
