import type { Json } from "../../json.js";
import { spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { labelNames } from "../plan/search.js";
import { doneRows, type StudyTable } from "../run/table.js";
import { layersOf, type Measure, measuredIn, measures, TIMES, VALIDATION } from "./measures.js";
import { bestAttempts, pointsOf, recordsOf } from "./points.js";

/** One line a run, what is missing included. */
export function runsCsv(table: StudyTable, plan: Plan): string {
  const [labels, measured] = [labelNames(plan), measuresOf(table)];
  const columns = labelColumns(labels, measured);
  const before = ["index", "id", "status", "rung", "point", ...columns, "seed", `score:${plan.objective.metric}`, "data"];
  const lines = table.rows.map(({ index, run: { id, rung, point, settings, seed }, record, score }) => [
    ...[index, id, record?.status ?? "missing", rung, point, ...labels.map((name) => settings[name]), seed, score],
    record?.result?.data.name,
    ...measured.map(({ of }) => record && short(of(record))),
    record?.error && `${record.error.code} ${record.error.message}`,
  ]);
  return csv([[...before, ...measured.map(({ name }) => name), "error"], ...lines]);
}

/**
 * One line a point, with mean and sample standard deviation over its seeds; of variants `isShown` marks the attempt that stands for
 * its place.
 */
export function summaryCsv(table: StudyTable, plan: Plan): string {
  const [labels, measured, points] = [labelNames(plan), measuresOf(table), pointsOf(table, plan)];
  const best = plan.search.type === "variants" ? new Set(bestAttempts(points, plan)) : undefined;
  const names = [`score:${plan.objective.metric}`, ...measured.map(({ name }) => name)];
  const head = [
    ...labelColumns(labels, measured),
    ...(best ? ["isShown"] : []),
    "seeds",
    ...names.flatMap((name) => [`${name}Mean`, `${name}Deviation`]),
  ];
  const lines = points.map((point) => {
    const { rows, score } = point;
    const spreads = [score, ...measured.map(({ of }) => spread(recordsOf(point).map(of)))];
    const values = labels.map((name) => rows[0].run.settings[name]);
    const mark = best ? [best.has(point) ? "yes" : "no"] : [];
    // A single seed tells nothing of how much seeds differ.
    const cells = spreads.flatMap(({ mean, deviation }) => [short(mean), rows.length > 1 ? short(deviation) : undefined]);
    return [...values, ...mark, rows.length, ...cells];
  });
  return csv([head, ...lines]);
}

/** Columns of the labels; a setting that is called like another column, such as `loss`, is `settings.loss`. */
function labelColumns(labels: readonly string[], measured: readonly Measure[]): string[] {
  const others = new Set(["data", ...measured.map(({ name }) => name)]);
  return labels.map((label) => (others.has(label) ? `settings.${label}` : label));
}

function measuresOf(table: StudyTable): readonly Measure[] {
  const records = doneRows(table).map(({ record }) => record);
  return measuredIn(records, [...VALIDATION, ...measures(layersOf(records)), ...TIMES]);
}

/** Without the noise of sums; nothing where there is no number. */
function short(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : Number(value.toPrecision(9));
}

function csv(rows: readonly (readonly (Json | undefined)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
