import type { Plan } from "../plan/plan.js";
import type { Point } from "../plan/search.js";
import type { FindRecord } from "../store/record.js";
import { scoreOf } from "./objective.js";

/** A point of the search with its index. */
export interface Candidate {
  point: number;
  settings: Point;
}

/**
 * The points that go on to the next rung: the best ⌈keep · n⌉ by the mean score over their seeds, in the order of the plan.
 * Points with a failed seed come last; of equal points the earlier comes first. The choice follows from the records of the rung alone.
 */
export function promoted(
  { objective, halving }: Plan,
  candidates: readonly Candidate[],
  runs: readonly { id: string; point: number }[],
  find: FindRecord,
): Candidate[] {
  const sign = objective.goal === "max" ? 1 : -1;
  const scores = new Map<number, number[]>();
  for (const { id, point } of runs) {
    const record = find(id);
    const score = record && scoreOf(record, objective);
    scores.set(point, [...(scores.get(point) ?? []), score === undefined ? Number.NEGATIVE_INFINITY : sign * score]);
  }
  const mean = ({ point }: Candidate): number => {
    const own = scores.get(point) ?? [];
    return own.reduce((sum, score) => sum + score, 0) / own.length;
  };
  const ranked = candidates
    .map((candidate) => ({ candidate, mean: mean(candidate) }))
    // Two failed points are equal, but the difference of two infinities is NaN.
    .sort((a, b) => (a.mean === b.mean ? a.candidate.point - b.candidate.point : b.mean - a.mean));
  const kept = ranked.slice(0, Math.ceil((halving?.keep ?? 1) * candidates.length));
  return kept.map(({ candidate }) => candidate).sort((a, b) => a.point - b.point);
}
