/** The largest value, `atLeast` if none is larger; there may be more values than `Math.max` takes arguments. */
export function largest(values: Iterable<number>, atLeast = Number.NEGATIVE_INFINITY): number {
  let max = atLeast;
  for (const value of values) if (value > max) max = value;
  return max;
}

/** The smallest value, `atMost` if none is smaller; there may be more values than `Math.min` takes arguments. */
export function smallest(values: Iterable<number>, atMost = Number.POSITIVE_INFINITY): number {
  let min = atMost;
  for (const value of values) if (value < min) min = value;
  return min;
}
