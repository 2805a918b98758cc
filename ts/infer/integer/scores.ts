import { COUNT, FIRST, type IntegerDescription, MAX, NONE, SUM } from "./description.js";

/** What decides, and the decision. */
export interface IntegerDecision {
  /**
   * Output by the decision that the network was trained for: that of the first spike, or of the largest score, the lowest index on
   * ties; `undefined` while no output has fired, and where nothing is decided.
   */
  output: number | undefined;
  /** Name of that output, where the network has learnt named classes. */
  name?: string;
  /** Spikes of each output, or the sum, largest or last value of a readout's membrane. */
  scores: Float64Array;
  /** Spikes of each output. */
  counts: Uint32Array;
}

/** Counts what the outputs do, step by step. */
export class Scores {
  readonly #of: IntegerDescription;
  readonly #counts: Uint32Array;
  readonly #values: Float64Array;
  #first: number | undefined;
  /** Steps so far. */
  steps = 0;

  constructor(description: IntegerDescription) {
    this.#of = description;
    this.#counts = new Uint32Array(description.outputs);
    this.#values = new Float64Array(description.outputs);
  }

  add(fired: readonly number[], membranes: Int32Array): void {
    const { statistic } = this.#of;
    this.#first ??= fired[0];
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
    const isOfSpikes = statistic === COUNT || statistic === FIRST;
    const scores = Float64Array.from(isOfSpikes ? this.#counts : statistic === NONE ? [] : this.#values);
    const first = this.#first;
    // Without a statistic there is a readout, which has no spikes.
    const isByScore = statistic !== FIRST && statistic !== NONE && (!isOfSpikes || first !== undefined);
    const output = isByScore ? scores.indexOf(Math.max(...scores)) : first;
    const name = classes?.[output as number];
    return { output, ...(name !== undefined && { name }), scores, counts: this.#counts.slice() };
  }
}
