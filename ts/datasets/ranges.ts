import { finite, listOf, refuse } from "../check/values.js";

/** Lowest and highest number of a value of the samples. */
export type Range = readonly [lowest: number, highest: number];

/** Checks a range that is given. */
export const range = (value: unknown, path: string): Range => {
  const [low, high, ...others] = listOf(finite, "CONFIG_INVALID")(value, path);
  if (low !== undefined && high !== undefined && low <= high && others.length === 0) return [low, high];
  return refuse("CONFIG_INVALID", path, "[lowest, highest]", JSON.stringify(value));
};

/**
 * The range of each column.
 *
 * @param numbers `[row][column]`.
 * @param rows those that count.
 */
export function rangesOf(numbers: Float64Array, columns: number, rows: Iterable<number>): Range[] {
  const lowest = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (const row of rows) {
    for (let column = 0; column < columns; column++) {
      const number = numbers[row * columns + column] ?? 0;
      lowest[column] = Math.min(lowest[column] ?? 0, number);
      highest[column] = Math.max(highest[column] ?? 0, number);
    }
  }
  return Array.from(lowest, (low, column) => [low, highest[column] ?? low]);
}

/** Rows of numbers as values in 0..1, `[row][column]`. */
export function scaled(numbers: Float64Array, ranges: readonly Range[]): Float32Array {
  const { length } = ranges;
  const values = new Float32Array(numbers.length);
  for (let at = 0; at < numbers.length; at += length) values.set(scaledRow(numbers.subarray(at, at + length), ranges), at);
  return values;
}

/** Values in 0..1: those outside their range become its ends, and all of a range without extent become 0. */
export function scaledRow(row: ArrayLike<number>, ranges: readonly Range[]): number[] {
  return ranges.map(([lowest, highest], column) => {
    if (highest === lowest) return 0;
    return Math.min(1, Math.max(0, ((row[column] ?? 0) - lowest) / (highest - lowest)));
  });
}
