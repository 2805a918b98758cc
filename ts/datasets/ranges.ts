import { finite, listOf, refuse } from "../check/values.js";

/** Lowest and highest number of a value of the samples. */
export type Range = readonly [lowest: number, highest: number];

/** Checks a range that is given. */
export const range = (value: unknown, path: string): Range => {
  const [low, high, ...others] = listOf(finite, "CONFIG_INVALID")(value, path);
  if (low !== undefined && high !== undefined && low <= high && others.length === 0) return [low, high];
  return refuse("CONFIG_INVALID", path, "[lowest, highest]", JSON.stringify(value));
};

/** The range of each column. */
export function rangesOf(rows: readonly (readonly number[])[]): Range[] {
  return (rows[0] ?? []).map((_, column) => {
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      lowest = Math.min(lowest, row[column] ?? 0);
      highest = Math.max(highest, row[column] ?? 0);
    }
    return [lowest, highest];
  });
}

/** Values in 0..1: those outside their range become its ends, and all of a range without extent become 0. */
export function scaledRow(row: ArrayLike<number>, ranges: readonly Range[]): number[] {
  return ranges.map(([lowest, highest], column) => {
    if (highest === lowest) return 0;
    return Math.min(1, Math.max(0, ((row[column] ?? 0) - lowest) / (highest - lowest)));
  });
}
