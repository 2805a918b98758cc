/** Mean and sample standard deviation over seeds; the latter is 0 for a single one. */
export interface Spread {
  mean: number;
  deviation: number;
  /** Of how many values. */
  count: number;
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const count = values.length;
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0, count };
}
