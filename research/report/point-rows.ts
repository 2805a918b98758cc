import { deviationText, measure, type PointSummary, recordsOf, spread } from "spikelet/study";

/** A row for each point, means ± sample standard deviations over its seeds: what {@link measure} names, in the columns' order. */
export function pointRows(
  points: readonly PointSummary[],
  columns: readonly (readonly [head: string, measure: string])[],
): string[][] {
  const rows = points.map((point) => [
    point.place,
    ...columns.map(([, name]) => pointText(point, name)),
    String(point.rows.length),
  ]);
  return [["variant", ...columns.map(([head]) => head), "seeds"], ...rows];
}

/** What {@link measure} names, mean ± sample standard deviation over the seeds of a point. */
export function pointText(point: PointSummary, name: string): string {
  const { of, digits } = measure(name);
  return deviationText(spread(recordsOf(point).map(of)), digits);
}
