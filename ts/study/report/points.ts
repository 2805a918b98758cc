import { canonical, type Json } from "../../json.js";
import { type Spread, spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { type Point, pointName } from "../plan/search.js";
import { type DoneRow, doneRows, type StudyTable } from "../run/table.js";
import type { DoneRecord } from "../store/record.js";

/**
 * The runs of a point over its seeds, at its last rung.
 *
 * @experimental
 */
export interface PointSummary {
  /** Without the attempt: several of them stand at one place. */
  place: string;
  attempt: string | null;
  rows: readonly [DoneRow, ...DoneRow[]];
  /** The objective on the validation data, or whatever the plan asks for, over the runs that have it: `count` 0 and NaN where none has. */
  score: Spread;
}

/** The points with a run that is done, in the order of the plan; those of a search are ranked, so that their runs need the objective. */
export function pointsOf(table: StudyTable, plan: Pick<Plan, "search">): PointSummary[] {
  const done = doneRows(table).filter(({ score }) => plan.search.type === "variants" || score !== undefined);
  const last = new Map<number, number>();
  for (const { run } of done) last.set(run.point, Math.max(run.rung, last.get(run.point) ?? 0));
  const rows = done.filter(({ run }) => run.rung === last.get(run.point));
  return groupBy(rows, ({ run }) => run.point).map((own) => {
    return { ...namesOf(own[0].run.settings, plan), rows: own, score: spread(own.flatMap(({ score }) => score ?? [])) };
  });
}

function namesOf(labels: Point, plan: Pick<Plan, "search">): Pick<PointSummary, "place" | "attempt"> {
  if (plan.search.type !== "variants") return { place: pointName(plan, labels), attempt: null };
  const { attempt = null, ...place } = labels;
  return { place: pointName(plan, place), attempt: attempt === null ? null : String(attempt) };
}

/** The best mean over the seeds first, points without the objective last; the earlier of equals comes first. */
export function byScore(points: readonly PointSummary[], { objective }: Pick<Plan, "objective">): PointSummary[] {
  const sign = objective.goal === "max" ? -1 : 1;
  const place = ({ score: { mean, count } }: PointSummary) => (count === 0 ? Number.MAX_VALUE : sign * mean);
  const index = ({ rows }: PointSummary) => rows[0].run.point;
  return [...points].sort((a, b) => place(a) - place(b) || index(a) - index(b));
}

/**
 * The attempt with the best score at each place, in the order of the plan.
 *
 * @experimental
 */
export function bestAttempts(points: readonly PointSummary[], plan: Pick<Plan, "objective">): PointSummary[] {
  return groupBy(points, ({ place }) => place).map((attempts) => byScore(attempts, plan)[0] ?? attempts[0]);
}

/** @experimental */
export function recordsOf({ rows }: PointSummary): DoneRecord[] {
  return rows.map(({ record }) => record);
}

function groupBy<T>(items: readonly T[], key: (item: T) => Json): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const name = canonical(key(item));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
