import type { Description } from "./description.js";
import { Statistic } from "./statistic.js";

/** What the outputs did in some steps, and what that decides. Steps are counted from the start. */
export interface Decision {
  /** First of the steps. */
  from: number;
  /** Step after the last. */
  to: number;
  /** Output by the decision that the network was trained for; `undefined` while no output has fired, and where nothing is decided. */
  output: number | undefined;
  /** Name of that output, where the network has learnt named classes. */
  name?: string;
  /** Spikes of each output. */
  counts: Uint32Array;
  /** Output with the most spikes, the lowest index on ties; `undefined` without spikes. */
  byCount: number | undefined;
  /** Output that fired first, the lowest index on ties; `undefined` without spikes. */
  byFirstSpike: number | undefined;
  /** Step of the first output spike; `undefined` without spikes. */
  decisionStep: number | undefined;
  /** Output whose membrane has the largest statistic, of a readout that decides; otherwise `undefined`. */
  byMembrane: number | undefined;
  /** Statistic of each membrane; the largest decides `byMembrane`. Empty where that is `undefined`. */
  scoresByMembrane: Float32Array;
}

/** Counts what the outputs do, step by step. */
export class Tally {
  readonly #description: Description;
  readonly #counts: Uint32Array;
  readonly #statistic: Statistic | undefined;
  readonly #from: number;
  #byFirstSpike: number | undefined;
  #decisionStep: number | undefined;
  /** Step after the last. */
  steps: number;

  /** @param from the first step. */
  constructor(description: Description, from: number) {
    this.#description = description;
    this.#counts = new Uint32Array(description.outputs);
    this.#statistic = description.decision === "membrane" ? new Statistic(description) : undefined;
    this.#from = from;
    this.steps = from;
  }

  add(fired: readonly number[], membranes: Float32Array): void {
    this.#statistic?.add(membranes);
    for (const unit of fired) {
      this.#byFirstSpike ??= unit;
      this.#decisionStep ??= this.steps;
      this.#counts[unit] = (this.#counts[unit] as number) + 1;
    }
    this.steps += 1;
  }

  decision(): Decision {
    const scores = this.#statistic?.scores() ?? new Float64Array();
    const byFirstSpike = this.#byFirstSpike;
    const byCount = byFirstSpike === undefined ? undefined : highest(this.#counts);
    const byMembrane = scores.length > 0 ? highest(scores) : undefined;
    const { decision, classes } = this.#description;
    // Nothing is decided of a readout alone, which has no spikes.
    const output = decision === "membrane" ? byMembrane : decision === "count" ? byCount : byFirstSpike;
    const name = classes?.[output as number];
    return {
      from: this.#from,
      to: this.steps,
      output,
      ...(name !== undefined && { name }),
      counts: this.#counts.slice(),
      byCount,
      byFirstSpike,
      decisionStep: this.#decisionStep,
      byMembrane,
      scoresByMembrane: Float32Array.from(scores),
    };
  }
}

/** Index of the largest number, the lowest on ties. */
function highest(values: Uint32Array | Float64Array): number {
  return values.indexOf(Math.max(...values));
}
