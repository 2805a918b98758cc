import { type Description, EACH, EXP_MEAN, LAST, MAX, SOFTMAX_SUM } from "./description.js";
import { exp, log } from "./exp.js";

/** The statistic of a readout's membranes over the steps so far, in double precision. */
export class Statistic {
  readonly #of: Description;
  readonly #values: Float64Array;
  #steps = 0;
  #weight = 0;

  constructor(description: Description) {
    this.#of = description;
    this.#values = new Float64Array(description.outputs).fill(description.statistic === MAX ? -Infinity : 0);
  }

  /** Adds the membranes of a step. */
  add(membranes: Float32Array): void {
    const { statistic, inverseTemperature, decayRate } = this.#of;
    const weight = statistic === EXP_MEAN ? exp(-decayRate * this.#steps) : 1;
    const rows = Array.from(membranes, (y) => (statistic === EACH ? inverseTemperature * y : y));
    const highest = Math.max(...rows);
    const shares = statistic === EACH || statistic === SOFTMAX_SUM ? rows.map((y) => exp(y - highest)) : [];
    const total = shares.reduce((sum, share) => sum + share, 0);
    for (const [k, y] of rows.entries()) {
      const value = this.#values[k] as number;
      let next = value + weight * y;
      if (statistic === MAX) next = Math.max(value, y);
      else if (statistic === LAST) next = y;
      else if (statistic === SOFTMAX_SUM) next = value + (shares[k] as number) / total;
      else if (statistic === EACH) next = value + (y - (highest + log(total)));
      this.#values[k] = next;
    }
    this.#weight += weight;
    this.#steps += 1;
  }

  /** The statistic of each output; empty without steps. */
  scores(): Float64Array {
    const { statistic } = this.#of;
    const divisor = statistic >= MAX && statistic <= SOFTMAX_SUM ? 1 : this.#weight;
    return this.#steps === 0 ? new Float64Array() : this.#values.map((value) => value / divisor);
  }
}
