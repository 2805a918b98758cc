import { decisionsIn, hasOutputSpikes } from "../../decisions.js";
import { type Spread, spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { label } from "../plan/setting.js";
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
  const tests = points.flatMap(recordsOf).map(({ result }) => result.test);
  const hasLabels = tests.some((metrics) => decisionsIn(metrics).some(hasOutputSpikes));
  const hasMembranes = tests.some(({ accuracy }) => accuracy.membrane !== undefined);
  const hasSeries = tests.some(({ meanSquaredError }) => meanSquaredError !== undefined);
  const isSearch = plan.search.type !== "variants";
  const columns: Column[] = [
    ...(isSearch ? searchColumns(plan) : variantColumns(points)),
    ...(hasLabels
      ? ([
          ["first spike, %", cell("firstSpike")],
          ["count, %", cell("count")],
        ] as const)
      : []),
    ...(hasMembranes ? ([["membrane, %", cell("membrane")]] as const) : []),
    ...(hasSeries
      ? ([
          ["mean squared error", cell("meanSquaredError")],
          ["R²", cell("rSquared")],
        ] as const)
      : []),
    ["loss", cell("loss")],
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

/** Mean ± standard deviation; the value alone where there is one, nothing for what is not measured. */
export function spreadText({ mean, deviation }: Spread, digits: number): string {
  const text = numberText(mean, digits);
  return text === "" || deviation === 0 ? text : `${text} ± ${deviation.toFixed(digits)}`;
}

/** Mean ± standard deviation, also where that is 0; a single value alone, nothing for what is not measured. */
export function deviationText({ mean, deviation, count }: Spread, digits: number): string {
  const text = numberText(mean, digits);
  return text === "" || count < 2 ? text : `${text} ± ${deviation.toFixed(digits)}`;
}

/** Nothing for what is not measured, as spikes of a layer that a network does not have. */
export function numberText(value: number, digits: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(digits);
}
