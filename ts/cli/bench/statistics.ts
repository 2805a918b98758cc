import { median, quantile } from "../../spread.js";

/** Interquartile range over median: how much repetitions differ. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}
