import { median } from "../spread.js";

/** A median with the interval that holds that of all such measurements with 95 % confidence. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

/** What an interval says of a ratio; `undecided` where it contains 1. */
export type Verdict = "faster" | "slower" | "undecided";

/** Fewest values of which an interval of 95 % can be told. */
export const MIN_ROUNDS = 6;
const TAIL = 0.025;

/**
 * The median of values and an interval from their order: between the k-th from either end, for the largest k by which
 * `P(Binomial(n, ½) < k) ≤ 2.5 %`. It assumes nothing of how values are distributed.
 *
 * @throws {RangeError} for fewer than {@link MIN_ROUNDS} values.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const skipped = skippedEnds(sorted.length);
  const [low, high] = [sorted[skipped], sorted[sorted.length - 1 - skipped]];
  if (low === undefined || high === undefined || sorted.length < MIN_ROUNDS) {
    throw new RangeError(`an interval needs ${MIN_ROUNDS} values, got ${values.length}`);
  }
  return { median: median(sorted), low, high };
}

/** How many values are left out at either end. */
function skippedEnds(count: number): number {
  let probability = 0.5 ** count;
  let below = probability;
  let skipped = 0;
  while (below + (probability * (count - skipped)) / (skipped + 1) <= TAIL) {
    probability *= (count - skipped) / (skipped + 1);
    below += probability;
    skipped += 1;
  }
  return skipped;
}

/** Times before over times after, round by round: above 1, what came after is faster. */
export function pairedRatio(before: readonly number[], after: readonly number[]): Estimate {
  return estimate(before.map((time, round) => time / (after[round] ?? Number.NaN)));
}

/** The ratio of two estimates that were not taken in turns: its interval has the worst of both. */
export function unpairedRatio(before: Estimate, after: Estimate): Estimate {
  return { median: before.median / after.median, low: before.low / after.high, high: before.high / after.low };
}

export function verdict({ low, high }: Estimate): Verdict {
  return low > 1 ? "faster" : high < 1 ? "slower" : "undecided";
}
