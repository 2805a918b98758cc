import type { Objective, Plan } from "../../sweep/plan.js";
import { scoreOf } from "../../sweep/record.js";
import type { Run } from "../../sweep/runs.js";
import { label } from "../../sweep/setting.js";
import { errorsOf, ranked, type SweepTable } from "../../sweep/table.js";
import { onStderr, onStdout } from "../colour.js";
import { grouped } from "../print.js";
import type { Outcome } from "./execute.js";
import type { Damage } from "./merge.js";

/** Lists that are for people end here. */
const FEW = 10;

/** What a run is, in a line. */
export function settingsLine({ settings, seed, rung }: Run, { halving }: Pick<Plan, "halving">): string {
  const values = Object.entries(settings).map(([path, value]) => `${path}=${label(value)}`);
  return [...values, `seed=${seed}`, ...(halving ? [`epochs=${halving.epochs[rung]}`] : [])].join(" ");
}

/** What became of a run, in a few words. */
export function outcomeWords(outcome: Outcome, objective: Objective): string {
  if ("lost" in outcome) return onStderr.red(`missing: ${outcome.lost}`);
  const { record } = outcome;
  return record.error === undefined
    ? onStderr.green(shortNumber(scoreOf(record, objective)))
    : onStderr.red(`failed: ${record.error.message}`);
}

export function counts({ done, failed, missing, others, isOpen }: SweepTable): string {
  const parts = [`${grouped(done)} done`, `${grouped(failed)} failed`, `${grouped(missing)} missing`];
  if (others > 0) parts.push(`${grouped(others)} of other plans`);
  if (isOpen) parts.push("later rungs follow");
  return parts.join(", ");
}

/** The best runs, one a line. */
export function bestLines(table: SweepTable, plan: Plan): string[] {
  const best = ranked(table, plan).slice(0, FEW);
  if (best.length === 0) return [];
  const { metric, goal } = plan.objective;
  const rows = best.map(({ run, record, score }) => {
    const test = record?.result?.test.accuracy;
    return [shortNumber(score), shortNumber(test?.firstSpike), shortNumber(test?.count), settingsLine(run, plan)];
  });
  const head = [metric.split(".").slice(-2).join("."), "test first", "test count", `best runs, ${goal} of ${metric}`];
  return aligned([head, ...rows]);
}

/** Each different error with how often it came up. */
export function errorLines(table: SweepTable): string[] {
  return few([...errorsOf(table)].map(([text, times]) => `${onStdout.red("failed")} ${grouped(times)} ×  ${text}`));
}

export function missingLines({ rows }: SweepTable, plan: Plan): string[] {
  return few(rows.filter(({ record }) => record === undefined).map(({ run }) => `missing  ${settingsLine(run, plan)}`));
}

/** What is wrong with files of records. */
export function damageLines(damaged: readonly Damage[]): string[] {
  return few(damaged.map(({ message }) => `${onStdout.red("damaged")}  ${message}`));
}

function few(lines: string[]): string[] {
  return lines.length <= FEW ? lines : [...lines.slice(0, FEW), `… and ${grouped(lines.length - FEW)} more`];
}

function shortNumber(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(5)));
}

function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
