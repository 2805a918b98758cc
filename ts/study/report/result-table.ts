import { decisionBy, decisionsIn } from "../../decisions.js";
import { valueAt } from "../../json.js";
import { type Spread, spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { label } from "../plan/setting.js";
import type { DoneRecord } from "../store/record.js";
import { layersOf, measure } from "./measures.js";
import { type PointSummary, recordsOf } from "./points.js";

type Column = readonly [head: string, text: (point: PointSummary, rank: number) => string];

/** The table for people: a heading, and a row for each point. Times are for variants alone: pages of searches are the same on every machine. */
export function resultTable(points: readonly PointSummary[], plan: Plan): string[][] {
  const layers = layersOf(points.flatMap(recordsOf));
  const cell = (name: string) => (point: PointSummary) => spreadText(over(point, name), measure(name).digits);
  const perUnit = (name: string) => (point: PointSummary) =>
    Array.from({ length: layers }, (_, layer) => spreadText(over(point, `${name}${layer}`), 3))
      .filter((text) => text !== "")
      .join(" · ");
  const records = points.flatMap(recordsOf);
  const hasSeries = records.some(({ result }) => result.test.meanSquaredError !== undefined);
  const isSearch = plan.search.type !== "variants";
  const columns: Column[] = [
    ...(isSearch ? searchColumns(plan) : variantColumns(points)),
    ...accuracies(records).map(([head, name]): Column => [head, cell(name)]),
    ...(hasSeries
      ? ([
          ["test mean squared error", cell("meanSquaredError")],
          ["test R²", cell("rSquared")],
        ] as const)
      : []),
    ["test loss", cell("loss")],
    ["spikes per unit", perUnit("perUnit")],
    ["up to the decision", perUnit("perUnitUntilDecision")],
    ["decision step", cell("decisionMean")],
    ["synaptic operations", cell("synapticOperations")],
    ["silent", perUnit("silentFraction")],
    ...(isSearch ? [] : ([["s a run", cell("seconds")]] as const)),
    ["seeds", ({ rows }) => String(rows.length)],
  ];
  return [columns.map(([head]) => head), ...points.map((point, rank) => columns.map(([, text]) => text(point, rank)))];
}

const WORDS = { firstSpike: "first spike", count: "count", membrane: "membrane" } as const;

/** Heads and measures of the accuracies of runs: that of the decision which their losses train first, then those of all decisions. */
function accuracies(records: readonly DoneRecord[]): (readonly [head: string, measure: string])[] {
  const decided = records.filter(({ result }) => decisionsIn(result.test).some((decision) => decision !== "none"));
  if (decided.length === 0) return [];
  const trained = [...new Set(decided.map(({ config }) => decisionBy(valueAt(config, "loss.type"))))];
  const [only] = trained.length === 1 ? trained : [];
  const all = new Set(decided.flatMap(({ result }) => decisionsIn(result.test)));
  const others = (["firstSpike", "count", "membrane"] as const).filter((decision) => all.has(decision) && decision !== only);
  const first = only === undefined || only === "none" ? "test accuracy, %" : `test accuracy by ${WORDS[only]}, %`;
  return [[first, "decision"], ...others.map((decision) => [`test accuracy by ${WORDS[decision]}, %`, decision] as const)];
}

function variantColumns(points: readonly PointSummary[]): Column[] {
  const hasAttempts = points.some(({ attempt }) => attempt !== null);
  const attempt: Column = ["attempt", ({ attempt }) => attempt ?? ""];
  return [["variant", ({ place }) => place], ...(hasAttempts ? [attempt] : [])];
}

function searchColumns({ settings, objective, halving }: Plan): Column[] {
  return [
    ["", (_, rank) => String(rank + 1)],
    ...settings.map(({ path }): Column => [shortName(path), ({ rows }) => label(rows[0].run.settings[path] ?? null)]),
    [shortName(objective.metric), ({ score }) => scoreText(score)],
    ...(halving ? [["epochs", ({ rows }: PointSummary) => String(halving.epochs[rows[0].run.rung])] as const] : []),
  ];
}

function over(point: PointSummary, name: string): Spread {
  return spread(recordsOf(point).map(measure(name).of));
}

/** The last two parts of a path are enough to know it by. */
export function shortName(path: string): string {
  return path.split(".").slice(-2).join(".");
}

/** An objective, whose size is not known. */
export function scoreText({ mean, deviation }: Spread): string {
  const text = (value: number, digits: number) => String(Number(value.toPrecision(digits)));
  return deviation === 0 ? text(mean, 4) : `${text(mean, 4)} ± ${text(deviation, 2)}`;
}

/**
 * Mean ± standard deviation; the value alone where there is one, nothing for what is not measured.
 *
 * @experimental
 */
export function spreadText({ mean, deviation }: Spread, digits: number): string {
  const text = numberText(mean, digits);
  return text === "" || deviation === 0 ? text : `${text} ± ${deviation.toFixed(digits)}`;
}

/**
 * Mean ± standard deviation, also where that is 0; a single value alone, nothing for what is not measured.
 *
 * @experimental
 */
export function deviationText({ mean, deviation, count }: Spread, digits: number): string {
  const text = numberText(mean, digits);
  return text === "" || count < 2 ? text : `${text} ± ${deviation.toFixed(digits)}`;
}

/** Nothing for what is not measured, as spikes of a layer that a network does not have. */
export function numberText(value: number, digits: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(digits);
}
