import { decisionBy } from "../../decisions.js";
import { valueAt } from "../../json.js";
import { answerTexts, grouped } from "../../report/result/texts.js";
import type { Plan } from "../../study/plan/plan.js";
import type { Gathered } from "../../study/report/merge.node.js";
import { bestAttempts, byScore, pointsOf } from "../../study/report/points.js";
import { resultTable } from "../../study/report/result-table.js";
import { type Outcome, runName } from "../../study/run/runs.js";
import { errorsOf, leftOut, type StudyTable } from "../../study/run/table.js";
import { onStderr, onStdout } from "../colour.js";

/** Most lines of a list for people. */
const FEW = 10;

/** Says that a command waits for its turn in a folder. */
export function waitText(dir: string, owner: string): string {
  return `${dir} was claimed by ${owner}: waiting up to a minute for a sign that it still runs`;
}

/** The outcome of a run in a few words. */
export function outcomeText(outcome: Outcome): string {
  if ("lost" in outcome) return onStderr.red(`missing: ${outcome.lost}`);
  const { config, result, error, ran } = outcome.record;
  if (result === undefined) return onStderr.red(`failed: ${error?.message}`);
  const known = `test ${answerTexts(result.test, decisionBy(valueAt(config, "loss.type"))).join(", ")}`;
  return `${onStderr.green(known)}, loss ${result.test.loss.toFixed(4)} (${ran.seconds.toFixed(1)} s)`;
}

export function counts(table: StudyTable, plan: Plan): string {
  const { done, failed, missing, others, isOpen } = table;
  const parts = [`${grouped(done)} done`, `${grouped(failed)} failed`, `${grouped(missing)} missing`];
  const unranked = leftOut(table, plan);
  if (unranked > 0) parts.push(`${grouped(unranked)} without the metric of the objective, which tables leave out`);
  if (others > 0) parts.push(`${grouped(others)} of other plans or versions`);
  if (isOpen) parts.push("later rungs follow");
  return parts.join(", ");
}

/** The best points of a search, one a line, or all variants. */
export function resultLines(table: StudyTable, plan: Plan): string[] {
  const points = pointsOf(table, plan);
  if (points.length === 0) return [];
  const listed = plan.search.type === "variants" ? bestAttempts(points, plan) : byScore(points, plan).slice(0, FEW);
  return alignedTable(resultTable(listed, plan));
}

/** Each different error with how often it came up. */
export function errorLines(table: StudyTable): string[] {
  return few([...errorsOf(table)].map(([text, times]) => `${onStdout.red("failed")} ${grouped(times)} ×  ${text}`));
}

export function missingLines({ rows }: StudyTable, plan: Plan): string[] {
  return few(rows.filter(({ record }) => record === undefined).map(({ run }) => `missing  ${runName(run, plan)}`));
}

/** Lines about damaged records, and about the number of those that could not be checked. */
export function damageLines({ damaged, unchecked }: Pick<Gathered, "damaged" | "unchecked">): string[] {
  const lines = few(damaged.map(({ message }) => `${onStdout.red("damaged")}  ${message}`));
  if (unchecked === 0) return lines;
  return [...lines, `unchecked  ${grouped(unchecked)} of these records are of an earlier version and have no checksum`];
}

function few(lines: string[]): string[] {
  return lines.length <= FEW ? lines : [...lines.slice(0, FEW), `… and ${grouped(lines.length - FEW)} more`];
}

/** Columns side by side, for a terminal. */
export function alignedTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
