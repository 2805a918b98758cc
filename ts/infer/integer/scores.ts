import { COUNT, type IntegerDescription, MAX, NONE, SUM } from "./description.js";

/** What decides, and the decision. */
export interface IntegerDecision {
  /** Output with the largest score, the lowest index on ties; `undefined` where nothing is decided. */
  output: number | undefined;
  /** Name of that output, where the network has learnt named classes. */
  name?: string;
  /** What the outputs are compared by: spikes, or the sum, largest or last value of a readout's membrane. */
  scores: Float64Array;
  /** Spikes of each output. */
  counts: Uint32Array;
}

/** Counts what the outputs do, step by step. */
export class Scores {
  readonly #of: IntegerDescription;
  readonly #counts: Uint32Array;
  readonly #values: Float64Array;
  /** Steps so far. */
  steps = 0;

  constructor(description: IntegerDescription) {
    this.#of = description;
    this.#counts = new Uint32Array(description.outputs);
    this.#values = new Float64Array(description.outputs);
  }

  add(fired: readonly number[], membranes: Int32Array): void {
    const { statistic } = this.#of;
    for (const unit of fired) this.#counts[unit] = (this.#counts[unit] as number) + 1;
    for (const [k, v] of membranes.entries()) {
      const value = this.#values[k] as number;
      const isFirst = this.steps === 0;
      this.#values[k] = statistic === SUM ? value + v : statistic === MAX && !isFirst ? Math.max(value, v) : v;
    }
    this.steps += 1;
  }

  decision(classes: readonly string[] | undefined): IntegerDecision {
    const { statistic } = this.#of;
    const scores =
      statistic === COUNT ? Float64Array.from(this.#counts) : statistic === NONE ? new Float64Array() : this.#values.slice();
    const output = statistic === NONE ? undefined : scores.indexOf(Math.max(...scores));
    const name = classes?.[output as number];
    return { output, ...(name !== undefined && { name }), scores, counts: this.#counts.slice() };
  }
}
