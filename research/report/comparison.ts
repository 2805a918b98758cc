import {
  type BestBy,
  type DoneRecord,
  deviationText,
  type Json,
  lastEpochOf,
  type Measure,
  measure,
  median,
  type Point,
  spread,
} from "spikelet/study";
import type { Variant } from "../experiment.js";
import { type Interval, pairedDifference } from "./paired.js";

/** A variant with what its search chose and the runs of its seeds. */
export interface Compared {
  variant: Pick<Variant, "series" | "at" | "searchSeed">;
  /** The decision that its loss trains, and its runs are judged by. */
  bestBy: BestBy;
  /** `undefined` for a variant without a search. */
  search: Searched | undefined;
  /** One for each seed that is done. */
  records: readonly DoneRecord[];
  /** Seeds whose runs ended with an error. */
  failed: number;
}

/** A search that is at its end. */
export interface Searched {
  chosen: Point;
  /** Mean objective of the chosen point in its last rung. */
  score: number;
  /** Mean objective of the second best point of the last rung; `NaN` where there is none. */
  next: number;
  /** Trainings. */
  runs: number;
  /** Samples that they learnt, each as often as it came. */
  samples: number;
  /** Every point with its objective in the first rung. */
  trials: readonly { settings: Point; score: number }[];
}

/** Points of accuracy between the best and the last epoch of a run that has collapsed, at least. */
const COLLAPSE = 10;

/** The measure that a decision is judged by, on the test data. */
export function accuracyMeasure({ bestBy }: Pick<Compared, "bestBy">): Measure {
  return measure(bestBy);
}

/** Validation accuracy in % by the decision of the variant, after the last epoch. */
function lastAccuracy({ bestBy }: Pick<Compared, "bestBy">, { result }: DoneRecord): number {
  const { validationFirstSpike, count, membrane } = lastEpochOf(result) ?? {};
  const accuracy = bestBy === "membrane" ? membrane : bestBy === "count" ? count : validationFirstSpike;
  return 100 * (accuracy ?? Number.NaN);
}

/** Whether the last epoch of a run is far below the one that was chosen. */
export function hasCollapsed(compared: Pick<Compared, "bestBy">, record: DoneRecord): boolean {
  return validationMeasure(compared).of(record) - lastAccuracy(compared, record) > COLLAPSE;
}

/** The measure that a decision is judged by, on the validation data. */
function validationMeasure({ bestBy }: Pick<Compared, "bestBy">): Measure {
  return measure(`validation${bestBy[0]?.toUpperCase()}${bestBy.slice(1)}`);
}

/** Spikes that an answer needs: up to the first output spike where that decides, else all. */
export function spikesMeasure({ bestBy }: Pick<Compared, "bestBy">): Measure {
  return measure(bestBy === "firstSpike" ? "spikesUntilDecision" : "spikes");
}

const HEAD = [
  "rule, loss",
  "test accuracy, %",
  "decided by",
  "by first spike, %",
  "by count, %",
  "last epoch, validation, %",
  "collapsed",
  "spikes per hidden unit, all steps",
  "… up to the decision",
  "spikes per output, all steps",
  "spikes per sample up to the decision",
  "step of the decision",
  "seeds",
];

const DECIDED: Readonly<Partial<Record<BestBy, string>>> = { firstSpike: "first spike", count: "count", membrane: "membrane" };

/** A row for each variant, means ± sample standard deviations over its seeds. */
export function resultRows(all: readonly Compared[]): string[][] {
  const rows = all
    .filter(({ records }) => records.length > 0)
    .map((compared) => {
      const { bestBy, records } = compared;
      const cell = (name: string) => over(records, measure(name));
      const last = spread(records.map((record) => lastAccuracy(compared, record)));
      const collapsed = records.filter((record) => hasCollapsed(compared, record)).length;
      const hasOutputSpikes = bestBy !== "membrane";
      return [
        nameOf(compared),
        over(records, accuracyMeasure(compared)),
        DECIDED[bestBy] ?? bestBy,
        hasOutputSpikes ? meanOf(records, "firstSpike") : "",
        hasOutputSpikes ? meanOf(records, "count") : "",
        deviationText(last, 2),
        `${collapsed} of ${records.length}`,
        cell("perUnit0"),
        cell(bestBy === "firstSpike" ? "perUnitUntilDecision0" : "perUnit0"),
        hasOutputSpikes ? cell("perUnit1") : "",
        over(records, spikesMeasure(compared)),
        hasOutputSpikes && bestBy !== "count" ? cell("decisionMean") : "the last",
        String(records.length),
      ];
    });
  return [HEAD, ...rows];
}

/** What an answer needs of {@link resultRows}, and the difference of accuracy to the reference by seed with its 95 % interval. */
export function answerRows(all: readonly Compared[], reference: Compared): string[][] {
  const head = [
    "rule, loss",
    "test accuracy, %",
    `− ${nameOf(reference)}, points`,
    "spikes per hidden unit",
    "spikes up to the decision",
    "step of the decision",
  ];
  const rows = all
    .filter(({ records }) => records.length > 0)
    .map((one) => [
      nameOf(one),
      over(one.records, accuracyMeasure(one)),
      one === reference ? "" : interval(difference(one, reference, accuracyMeasure), 2),
      over(one.records, measure("perUnit0")),
      over(one.records, spikesMeasure(one)),
      one.bestBy === "firstSpike" ? over(one.records, measure("decisionMean")) : "last",
    ]);
  return [head, ...rows];
}

/** Differences to the reference by seed: accuracy in points, each by its own decision, and spikes. */
export function differenceRows(all: readonly Compared[], reference: Compared): string[][] {
  const rows = all
    .filter((one) => one !== reference && one.records.length > 0)
    .map((one) => [
      `${nameOf(one)} − ${nameOf(reference)}`,
      interval(difference(one, reference, accuracyMeasure), 2),
      interval(
        difference(one, reference, () => measure("perUnit0")),
        3,
      ),
      interval(difference(one, reference, spikesMeasure), 0),
      String(difference(one, reference, accuracyMeasure)?.seeds ?? 0),
    ]);
  return [["difference", "accuracy, points", "spikes per hidden unit", "spikes per sample up to the decision", "seeds"], ...rows];
}

/** What the searches chose, and how far below the second best point of the last rung is. */
export function searchRows(all: readonly Compared[]): string[][] {
  const searched = all.flatMap((one) => (one.search ? [{ ...one, search: one.search }] : []));
  const paths = [...new Set(searched.flatMap(({ search }) => Object.keys(search.chosen)))];
  const rows = searched.map((one) => {
    const { chosen, score, next, runs } = one.search;
    const values = paths.map((path) => (path in chosen ? JSON.stringify(chosen[path]).replaceAll('"', "") : ""));
    const second = Number.isNaN(next) ? "" : (100 * next).toFixed(2);
    return [nameOf(one), ...values, (100 * score).toFixed(2), second, String(runs)];
  });
  return [["rule, loss", ...paths, "validation, %", "second best, %", "trainings"], ...rows];
}

/** The best trial of the first rung with each value of a setting: what the value allows when the other settings may follow. */
export function levelRows(all: readonly Compared[], path: string, values: readonly Json[]): string[][] {
  const cell = ({ trials }: Searched, value: Json) => {
    const scores = trials.filter(({ settings }) => settings[path] === value).map(({ score }) => score);
    return scores.length === 0 ? "" : (100 * Math.max(...scores)).toFixed(1);
  };
  const rows = all.flatMap((one) => {
    const { search } = one;
    return search ? [[nameOf(one), ...values.map((value) => cell(search, value))]] : [];
  });
  return [["rule, loss", ...values.map(String)], ...rows];
}

/** What a variant takes: its speed on one thread, the median over its seeds, and from that the minutes of search and seeds. */
export function costRows(all: readonly Compared[]): string[][] {
  const rows = all
    .filter(({ records }) => records.length > 0)
    .map((one) => {
      const known = one.records.flatMap(({ ran: { samplesPerSecond, threads } }) =>
        threads === "auto" ? [] : [samplesPerSecond / threads],
      );
      const speed = median(known);
      const learnt = one.records.reduce((sum, { result }) => sum + result.epochs * result.data.train, 0);
      const searched = one.search?.samples ?? 0;
      const minutes = (samples: number) => (samples / speed / 60).toFixed(1);
      return [nameOf(one), speed.toFixed(0), minutes(searched), minutes(learnt), String(one.records.length)];
    });
  return [["rule, loss", "training samples per second and thread", "search, min", "seeds, min", "seeds"], ...rows];
}

/** Accuracy and spikes of every run, for a figure. */
export function accuracyAgainstSpikes(all: readonly Compared[]): { series: string; x: number; y: number }[] {
  return all.flatMap((one) =>
    one.records.map((record) => ({
      series: nameOf(one),
      x: measure("spikes").of(record),
      y: accuracyMeasure(one).of(record),
    })),
  );
}

export function nameOf({ variant: { series, at } }: Pick<Compared, "variant">): string {
  return [series, at].filter((part) => part !== undefined).join(", ");
}

function difference(one: Compared, other: Compared, measureOf: (compared: Compared) => Measure): Interval | undefined {
  const bySeed = (compared: Compared) =>
    new Map(compared.records.map((record) => [record.seed, measureOf(compared).of(record)] as const));
  return pairedDifference(bySeed(one), bySeed(other));
}

/** A difference with half the width of its interval. */
export function interval(found: Interval | undefined, digits: number): string {
  if (found === undefined) return "";
  const { mean, halfWidth } = found;
  const signed = `${mean < 0 ? "−" : "+"}${Math.abs(mean).toFixed(digits)}`;
  return Number.isFinite(halfWidth) ? `${signed} ± ${halfWidth.toFixed(digits)}` : signed;
}

function over(records: readonly DoneRecord[], { of, digits }: Measure): string {
  return deviationText(spread(records.map(of)), digits);
}

function meanOf(records: readonly DoneRecord[], name: string): string {
  const { of, digits } = measure(name);
  return spread(records.map(of)).mean.toFixed(digits);
}
