import { layersOf, measures } from "./measures.js";
import type { RunRecord } from "./record.js";
import { everyAttempt, summaries } from "./summary.js";

/** One row a run. */
export function runsCsv(records: readonly RunRecord[]): string {
  const shown = measures(layersOf(records));
  const header = ["experiment", "series", "at", "attempt", "seed", "id", "data", ...shown.map(({ name }) => name)];
  const rows = records.map((record) => {
    const { experiment, series, at, attempt, seed, id, data } = record;
    return [experiment, series, at, attempt, seed, id, data.name, ...shown.map(({ of }) => of(record))];
  });
  return csv([header, ...rows]);
}

/** One row a variant, with mean and sample standard deviation over its seeds; `isShown` marks the attempt that stands for its series. */
export function summaryCsv(records: readonly RunRecord[]): string {
  const names = measures(layersOf(records)).map(({ name }) => name);
  const shown = new Set(summaries(records).map(({ records: [first] }) => first?.id));
  const header = ["series", "at", "attempt", "isShown", "seeds", ...names.flatMap((name) => [`${name}Mean`, `${name}Deviation`])];
  const rows = everyAttempt(records).map(({ series, at, attempt, seeds, measures: all, records: [first] }) => [
    series,
    at,
    attempt,
    shown.has(first?.id) ? "yes" : "no",
    seeds.length,
    ...names.flatMap((name) => [all[name]?.mean ?? Number.NaN, all[name]?.deviation ?? Number.NaN]),
  ]);
  return csv([header, ...rows]);
}

function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

function cell(value: string | number | null): string {
  if (value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(9)));
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
