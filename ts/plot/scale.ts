import { logTicks, type Range, roundTicks, type Ticks } from "./ticks.js";

/** Places of values along an axis. */
export interface Scale {
  /** Place of a value: 0 at the start of the axis, 1 at its end. */
  at(value: number): number;
  /** About `count` ticks at round values. */
  ticks(count: number): Ticks;
}

/** `(v − from) / (to − from)`; `from` may be the larger one. */
export function linear(range: Range): Scale {
  const [from, to] = range;
  // Halves have a difference that is finite.
  const length = to / 2 - from / 2;
  return { at: (value) => (value / 2 - from / 2) / length, ticks: (count) => roundTicks(range, count) };
}

/** `(ln v − ln from) / (ln to − ln from)`. */
export function logarithmic(range: Range): Scale {
  const [from, to] = range;
  const length = Math.log(to) - Math.log(from);
  return { at: (value) => (Math.log(value) - Math.log(from)) / length, ticks: (count) => logTicks(range, count) };
}

/** Ranges whose ends differ by less than this fraction, or by less than this number, have no digits for ticks between them. */
const [MIN_FRACTION, MIN_LENGTH] = [1e-12, 1e-290];

/** The range of the values that are finite, with room around where they are all the same; from 0 to 1 where there are none. */
export function rangeOf(values: Iterable<number>): Range {
  const [from, to] = extremes(values);
  if (from > to) return [0, 1];
  const size = Math.max(-from, to);
  if (to / 2 - from / 2 > Math.max(MIN_FRACTION * size, MIN_LENGTH)) return [from, to];
  if (size <= MIN_LENGTH) return [0, 1];
  return [Math.max(-Number.MAX_VALUE, from - size / 10), Math.min(Number.MAX_VALUE, to + size / 10)];
}

/** The range of values above 0, with room around where they are all the same. */
export function logarithmicRangeOf(values: Iterable<number>): Range {
  const [from, to] = extremes(values);
  if (from > to) return [1, 10];
  return to / from > 1 + MIN_FRACTION ? [from, to] : [from / 2 || from, Math.min(2 * to, Number.MAX_VALUE)];
}

function extremes(values: Iterable<number>): Range {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  return [from, to];
}
