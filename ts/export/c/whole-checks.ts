import { SpikeletError } from "../../errors.js";

/** The smallest and the largest number that is allowed. */
export type Range = readonly [min: number, max: number];

/** @throws {SpikeletError} `CONFIG_INVALID` for what is no whole number of the range. */
export function wholeNumber(value: number, [min, max]: Range, path: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SpikeletError("CONFIG_INVALID", path, `must be a whole number from ${min} to ${max}, got ${value}`);
}

/** @throws {SpikeletError} `SHAPE_MISMATCH` for a list of another length, `CONFIG_INVALID` for what is no whole number of the range. */
export function wholeList(values: readonly number[], lengths: readonly number[], range: Range, path: string): number[] {
  if (!lengths.includes(values.length)) {
    const expected = [...new Set(lengths)].join(" or ");
    throw new SpikeletError("SHAPE_MISMATCH", path, `must have ${expected} entries, got ${values.length}`);
  }
  return values.map((value, index) => wholeNumber(value, range, `${path}[${index}]`));
}
