import type { Json } from "../../json.js";
import { spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { labelNames } from "../plan/search.js";
import { type StudyTable, scored } from "../run/table.js";
import { metricOf } from "../store/record.js";
import { layersOf, type Measure, measures, TIMES } from "./measures.js";
import { bestAttempts, pointsOf, recordsOf } from "./points.js";

const VALIDATION = {
  validationFirstSpike: "validation.accuracy.firstSpike",
  validationCount: "validation.accuracy.count",
  validationLoss: "validation.loss",
} as const;

/** One line a run, what is missing included; measures are of the test data. */
export function runsCsv(table: StudyTable, plan: Plan): string {
  const [labels, shown] = [labelNames(plan), measuresOf(table)];
  const before = ["index", "id", "status", "rung", "point", ...labels, "seed", `score:${plan.objective.metric}`];
  const head = [...before, "data", ...Object.keys(VALIDATION), ...shown.map(({ name }) => name), "error"];
  const lines = table.rows.map(({ index, run, record, score }) => {
    const { id, rung, point, settings, seed } = run;
    const place = [index, id, record?.status ?? "missing", rung, point, ...labels.map((name) => settings[name]), seed, score];
    if (record?.result === undefined) {
      const error = record?.error && `${record.error.code} ${record.error.message}`;
      return [...place, ...new Array<undefined>(head.length - place.length - 1), error];
    }
    const done = { ...record, result: record.result };
    const validation = Object.values(VALIDATION).map((path) => metricOf(record, path));
    return [...place, record.result.data.name, ...validation, ...shown.map(({ of }) => short(of(done))), undefined];
  });
  return csv([head, ...lines]);
}

/**
 * One line a point, with mean and sample standard deviation over its seeds; of variants `isShown` marks the attempt that stands for
 * its place.
 */
export function summaryCsv(table: StudyTable, plan: Plan): string {
  const [labels, shown, points] = [labelNames(plan), measuresOf(table), pointsOf(table, plan)];
  const best = plan.search.type === "variants" ? new Set(bestAttempts(points, plan)) : undefined;
  const names = [`score:${plan.objective.metric}`, ...shown.map(({ name }) => name)];
  const head = [
    ...labels,
    ...(best ? ["isShown"] : []),
    "seeds",
    ...names.flatMap((name) => [`${name}Mean`, `${name}Deviation`]),
  ];
  const lines = points.map((point) => {
    const { rows, score } = point;
    const spreads = [score, ...shown.map(({ of }) => spread(recordsOf(point).map(of)))];
    const values = labels.map((name) => rows[0].run.settings[name]);
    const mark = best ? [best.has(point) ? "yes" : "no"] : [];
    // A single seed tells nothing of how much seeds differ.
    const cells = spreads.flatMap(({ mean, deviation }) => [short(mean), rows.length > 1 ? short(deviation) : undefined]);
    return [...values, ...mark, rows.length, ...cells];
  });
  return csv([head, ...lines]);
}

function measuresOf(table: StudyTable): readonly Measure[] {
  return [...measures(layersOf(scored(table).map(({ record }) => record))), ...TIMES];
}

/** Without the noise of sums; nothing where there is no number. */
function short(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : Number(value.toPrecision(9));
}

function csv(rows: readonly (readonly (Json | undefined)[])[]): string {
  return rows.map((row) => `${Array.from(row, cell).join(",")}\n`).join("");
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
