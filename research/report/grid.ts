import type { PointSummary } from "spikelet/study";
import { pointText } from "./point-rows.js";

/** What a cell shows: the head of its columns, and the name of a measure. */
export type Shown = readonly [head: string, measure: string];

/**
 * A row for each place on the axis of an experiment, a column for each series and measure: means ± sample standard deviations over the
 * seeds. The places stand in the order of their first points. With `rowsAre: "series"` it is the other way round.
 */
export function grid(
  points: readonly PointSummary[],
  axis: string,
  shown: readonly Shown[],
  rowsAre: "at" | "series" = "at",
): string[][] {
  const columnsAre = rowsAre === "at" ? "series" : "at";
  const of = (point: PointSummary, setting: string) => String(point.rows[0].run.settings[setting]);
  const distinct = (setting: string) => [...new Set(points.map((point) => of(point, setting)))];
  const columns = distinct(columnsAre);
  const rows = distinct(rowsAre).map((row) => [
    row,
    ...columns.flatMap((column) => {
      const found = points.find((point) => of(point, rowsAre) === row && of(point, columnsAre) === column);
      return shown.map(([, measured]) => (found === undefined ? "" : pointText(found, measured)));
    }),
  ]);
  return [[axis, ...columns.flatMap((column) => shown.map(([head]) => `${column}, ${head}`))], ...rows];
}
