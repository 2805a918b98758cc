import { type Spread, spread } from "../spread.js";
import type { Plan } from "./plan.js";
import { type Row, ranked, type SweepTable } from "./table.js";

/** A row that is done. */
export type Scored = Row & { score: number };

/** The runs of a point over its seeds, at its last rung. */
export interface PointSummary {
  rows: readonly [Scored, ...Scored[]];
  score: Spread;
}

/** The points with a run that is done, the best mean over the seeds first; the earlier of equals comes first. */
export function pointsByScore(table: SweepTable, plan: Pick<Plan, "objective">): PointSummary[] {
  const last = new Map<number, number>();
  const scored = ranked(table, plan);
  for (const { run } of scored) last.set(run.point, Math.max(run.rung, last.get(run.point) ?? 0));
  const byPoint = new Map<number, [Scored, ...Scored[]]>();
  for (const row of scored) {
    if (row.run.rung !== last.get(row.run.point)) continue;
    const rows = byPoint.get(row.run.point);
    if (rows === undefined) byPoint.set(row.run.point, [row]);
    else rows.push(row);
  }
  const sign = plan.objective.goal === "max" ? -1 : 1;
  return [...byPoint.values()]
    .map((rows) => ({ rows, score: spread(rows.map(({ score }) => score)) }))
    .sort((a, b) => sign * (a.score.mean - b.score.mean) || a.rows[0].run.point - b.rows[0].run.point);
}
