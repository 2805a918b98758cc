import { fields } from "./check/fields.js";
import { callback, finite, positive, refuse } from "./check/values.js";
import type { Surrogate } from "./generated/config.js";

/** A surrogate derivative that is given by its values. */
export type SurrogateTable = Extract<Surrogate, { type: "table" }>;

/** Where `surrogateTable` samples a function. */
export interface SurrogateTableOptions {
  /**
   * Least `V − threshold`. Without it the function is that of the distance `|V − threshold|`, sampled from 0 on: the same on both sides
   * of the threshold.
   */
  from?: number;
  /** Largest `V − threshold` or distance, at a whole number of steps. */
  to: number;
  /** From one sample to the next. Between two samples the surrogate derivative is a line. */
  step: number;
}

/** Most values of a table. */
const MAX_VALUES = 1 << 16;

const check = fields<SurrogateTableOptions>({ from: finite, to: finite, step: positive }, "to", "step");

/**
 * Samples a function as the surrogate derivative of a spike, for `rule.surrogate`. Outside of the table it is 0.
 *
 * @param derivative gives σ' at `V − threshold`, or at its absolute value where `from` is not given.
 * @throws {SpikeletError} `CONFIG_INVALID` with `from`, `to` or `step` for options that make no table of 2 to 65536 values, and with
 *   `values[k]` where the function gives no finite number.
 */
export function surrogateTable(derivative: (distance: number) => number, options: SurrogateTableOptions): SurrogateTable {
  callback(derivative, "derivative");
  const { from, to, step } = check(options, "");
  const first = from ?? 0;
  const intervals = Math.round((to - first) / step);
  if (intervals < 1 || intervals >= MAX_VALUES) {
    refuse("CONFIG_INVALID", "step", `such that there are 2 to ${MAX_VALUES} values from ${first} to ${to}`, step);
  }
  if (Math.abs(first + intervals * step - to) > 1e-6 * step) {
    refuse("CONFIG_INVALID", "to", `a whole number of steps of ${step} from ${first}`, to);
  }
  const at = (index: number) => first + ((to - first) * index) / intervals;
  const values = Array.from({ length: intervals + 1 }, (_, index) => finite(derivative(at(index)), `values[${index}]`));
  return { type: "table", step, values, ...(from === undefined ? {} : { first }) };
}
