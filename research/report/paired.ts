import { spread } from "spikelet/study";

/** A mean over seeds and half the width of its 95 % interval. */
export interface Interval {
  mean: number;
  /** Infinite for a single seed, which says nothing of others. */
  halfWidth: number;
  /** Seeds that both have. */
  seeds: number;
}

/**
 * The difference of two variants, seed by seed: the same seed draws the same weights and the same order of samples for both. Its
 * interval is that of Student for normally distributed differences.
 *
 * @param values of one variant by seed.
 * @param reference what is subtracted, by seed.
 * @returns `undefined` where no seed is in both.
 */
export function pairedDifference(
  values: ReadonlyMap<number, number>,
  reference: ReadonlyMap<number, number>,
): Interval | undefined {
  const differences = [...values].flatMap(([seed, value]) => {
    const other = reference.get(seed);
    return other === undefined ? [] : [value - other];
  });
  const seeds = differences.length;
  if (seeds === 0) return undefined;
  const { mean, deviation } = spread(differences);
  return {
    mean,
    halfWidth: seeds === 1 ? Number.POSITIVE_INFINITY : (quantile(seeds - 1) * deviation) / Math.sqrt(seeds),
    seeds,
  };
}

/** The 97.5 % quantile of Student's distribution from one degree of freedom on; beyond the table its last value, which is wider. */
function quantile(degrees: number): number {
  return QUANTILES[Math.min(degrees, QUANTILES.length) - 1] ?? Number.NaN;
}

const QUANTILES: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101,
  2.093, 2.086,
];
