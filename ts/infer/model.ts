import type { Decision } from "./decision.js";
import type { DecisionKind, Description } from "./description.js";
import { InferError } from "./errors.js";
import type { TrainedOn } from "./model-file.js";
import type { SpikeTrain } from "./spikes.js";
import type { Stream } from "./stream.js";

/** What a network answers to a sample. */
export interface Prediction extends Decision {
  /** Number of simulated steps. */
  steps: number;
  /** `[output]`: step of the first spike; `steps` where there is none. */
  firstSpikes: Uint32Array;
  /** Output spikes. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** `[step][output]`: membranes of a readout; empty if the last layer fires. */
  membranes: Float32Array;
}

/** Options of `predict`. */
export interface PredictOptions {
  /** `true` runs up to the step of the first output spike only; what is not decided by it is that of the steps that were run. */
  earlyDecision?: boolean;
}

/** A trained network. It does not change, and any number of streams may run at the same time. */
export class Model {
  /** Units of the input. */
  readonly inputs: number;
  /** Units of the last layer. */
  readonly outputs: number;
  /** Steps of a sample. */
  readonly steps: number;
  /** The decision that the network was trained for. */
  readonly decision: DecisionKind;
  /** What it was trained on; `undefined` if that is not known. */
  readonly trainedOn: TrainedOn | undefined;
  readonly #description: Description;
  readonly #begin: () => Stream;
  readonly #stream: Stream;

  /** @internal Use `load`. */
  constructor(description: Description, trainedOn: TrainedOn | undefined, begin: () => Stream) {
    this.inputs = description.inputs;
    this.outputs = description.outputs;
    this.steps = description.steps;
    this.decision = description.decision;
    this.trainedOn = trainedOn;
    this.#description = description;
    this.#begin = begin;
    this.#stream = begin();
  }

  /** Names of the classes, by output, if the training data named them. */
  get classes(): readonly string[] | undefined {
    return this.#description.classes;
  }

  /**
   * Runs one sample.
   *
   * @param spikes of the input, in any order; times are below `steps`.
   * @throws {InferError} `SHAPE_MISMATCH` for spikes outside the steps or the input, `DATA_FORMAT` for values that are not finite or reach
   * a max pool; `CONFIG_INVALID` for an early decision of a readout, which never fires.
   */
  predict(spikes: SpikeTrain, { earlyDecision = false }: PredictOptions = {}): Prediction {
    const { endsEarly, isReadout, outputs, steps } = this.#description;
    if (earlyDecision && isReadout) {
      throw new InferError("CONFIG_INVALID", "earlyDecision", "needs outputs that fire");
    }
    const awaited = earlyDecision ? 1 : endsEarly ? outputs : Infinity;
    this.#stream.restart();
    const { start: _, ...answer } = this.#stream.runUntil(spikes, steps, awaited, true);
    const firstSpikes = new Uint32Array(outputs).fill(answer.steps);
    const { times, units } = answer.spikes;
    for (let k = times.length - 1; k >= 0; k--) firstSpikes[units[k] as number] = times[k] as number;
    return { ...answer, firstSpikes };
  }

  /** Begins a stream, in which the network answers step by step. */
  stream(): Stream {
    return this.#begin();
  }
}
