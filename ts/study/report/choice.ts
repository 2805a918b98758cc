import type { Plan } from "../plan/plan.js";
import type { StudyTable } from "../run/table.js";
import { byScore, type PointSummary, pointsOf } from "./points.js";

/**
 * The point that a search ends with: of those that reached its last rung the one with the best mean objective; the earlier of
 * equals. `undefined` while runs are missing, and where none of the last rung is done.
 */
export function chosenOf(table: StudyTable, plan: Plan): PointSummary | undefined {
  if (table.isOpen || table.missing > 0) return undefined;
  const last = (plan.halving?.epochs.length ?? 1) - 1;
  return byScore(
    pointsOf(table, plan).filter(({ rows: [{ run }] }) => run.rung === last),
    plan,
  )[0];
}
