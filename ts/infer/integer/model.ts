import type { TrainedOn } from "../model-file.js";
import { isWhole, type SpikeTrain, schedule, whole } from "../spikes.js";
import type { IntegerDescription } from "./description.js";
import type { IntegerEngine } from "./engine.js";
import { type IntegerDecision, Scores } from "./scores.js";

/** What a network of whole numbers answers to a sample. */
export interface IntegerPrediction extends IntegerDecision {
  /** Number of steps. */
  steps: number;
  /** Output spikes. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** `[step][output]`: membranes of a readout; empty if the last layer fires. */
  membranes: Int32Array;
  /** How often a current or a membrane was held within its bits. */
  clamped: number;
}

/** A network of whole numbers. It does not change, and any number of streams may run at the same time. */
export class IntegerModel {
  /** Units of the input. */
  readonly inputs: number;
  /** Units of the last layer. */
  readonly outputs: number;
  /** Steps of a sample. */
  readonly steps: number;
  /** What it was trained on; `undefined` if that is not known. */
  readonly trainedOn: TrainedOn | undefined;
  readonly #description: IntegerDescription;
  readonly #engine: () => IntegerEngine;
  readonly #predicting: IntegerEngine;

  /** @internal Use `load`. */
  constructor(description: IntegerDescription, trainedOn: TrainedOn | undefined, engine: () => IntegerEngine) {
    this.inputs = description.inputs;
    this.outputs = description.outputs;
    this.steps = description.steps;
    this.trainedOn = trainedOn;
    this.#description = description;
    this.#engine = engine;
    this.#predicting = engine();
  }

  /** Names of the classes, by output, if the training data named them. */
  get classes(): readonly string[] | undefined {
    return this.trainedOn?.classes;
  }

  /**
   * Runs all steps of one sample.
   *
   * @param spikes of the input, in any order, without values; times are below `steps`.
   * @throws {InferError} `SHAPE_MISMATCH` for spikes outside the steps or the input, `DATA_FORMAT` for values other than 1.
   */
  predict(spikes: SpikeTrain): IntegerPrediction {
    const { inputs, steps, isReadout } = this.#description;
    const send = schedule(spikes, steps, { inputs, refusesValues: true });
    const engine = this.#predicting;
    const scores = new Scores(this.#description);
    const [times, units, membranes]: [number[], number[], number[]] = [[], [], []];
    engine.restart();
    for (let step = 0; step < steps; step++) {
      send(step, engine.input);
      const fired = engine.step();
      scores.add(fired, engine.membranes);
      for (const unit of fired) {
        times.push(step);
        units.push(unit);
      }
      if (isReadout) membranes.push(...engine.membranes);
    }
    return {
      ...scores.decision(this.classes),
      steps,
      spikes: { times: Uint16Array.from(times), units: Uint32Array.from(units) },
      membranes: Int32Array.from(membranes),
      clamped: engine.clamped,
    };
  }

  /** Begins a stream, in which the network answers step by step. */
  stream(): IntegerStream {
    return new IntegerStream(this.#description, this.classes, this.#engine());
  }
}

/** A network of whole numbers that answers step by step; its units keep their states between calls. There is no last step. */
export class IntegerStream {
  readonly #description: IntegerDescription;
  readonly #classes: readonly string[] | undefined;
  readonly #engine: IntegerEngine;
  #scores: Scores;

  /** @internal Use `model.stream()`. */
  constructor(description: IntegerDescription, classes: readonly string[] | undefined, engine: IntegerEngine) {
    this.#description = description;
    this.#classes = classes;
    this.#engine = engine;
    this.#scores = new Scores(description);
  }

  /** Steps since the start. */
  get steps(): number {
    return this.#scores.steps;
  }

  /** The decision over all steps since the start. */
  get decision(): IntegerDecision {
    return this.#scores.decision(this.#classes);
  }

  /** `[output]`: membranes of a readout after the last step, overwritten by the next; empty if the last layer fires. */
  get membranes(): Int32Array {
    return this.#description.isReadout ? this.#engine.membranes : new Int32Array();
  }

  /** How often a current or a membrane was held within its bits since the start. */
  get clamped(): number {
    return this.#engine.clamped;
  }

  /**
   * Runs one step, and returns the outputs that fired at it, in order.
   *
   * @param units of the input that fire at this step, in any order.
   * @throws {InferError} `SHAPE_MISMATCH` for units that are no inputs; then the step is not run.
   */
  step(units: ArrayLike<number> = []): readonly number[] {
    const { inputs } = this.#description;
    for (let k = 0; k < units.length; k++) if (!isWhole(units[k], 0, inputs)) whole(units[k], inputs, `spikes.units[${k}]`);
    for (let k = 0; k < units.length; k++) this.#engine.input.units.push(units[k] as number);
    const fired = this.#engine.step();
    this.#scores.add(fired, this.#engine.membranes);
    return fired;
  }

  /** Resets the network and the decision to before the first step. */
  restart(): void {
    this.#engine.restart();
    this.#scores = new Scores(this.#description);
  }
}
