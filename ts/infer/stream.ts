import { type Decision, Tally } from "./decision.js";
import type { Description } from "./description.js";
import type { Engine } from "./engine.js";
import { clear } from "./memory.js";
import { isWhole, MAX_STEPS, type SpikeTrain, schedule, whole } from "./spikes.js";

/** What the outputs did in the steps of one call, and the decision over all steps so far. */
export interface StreamAnswer extends Decision {
  /** First of these steps. */
  start: number;
  /** Number of steps since the start, including these. */
  steps: number;
  /** Output spikes of these steps; times are counted from `start`. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** `[step][output]`: membranes of a readout in these steps; empty if the last layer fires. */
  membranes: Float32Array;
}

/** A network that answers step by step; its units keep their states between calls. There is no last step. */
export class Stream {
  /** @internal */
  readonly description: Description;
  /** @internal */
  readonly engine: Engine;
  /** @internal */
  tally: Tally;

  /** @internal Use `model.stream()`. */
  constructor(description: Description, engine: Engine) {
    this.description = description;
    this.engine = engine;
    this.tally = new Tally(description, 0);
  }

  /** Steps since the start. */
  get steps(): number {
    return this.tally.steps;
  }

  /** The decision over all steps since the start, or since decisions were restarted. */
  get decision(): Decision {
    return this.tally.decision();
  }

  /** `[output]`: membranes after the last step and its resets, overwritten by the next. */
  get membranes(): Float32Array {
    return this.engine.membranes;
  }

  /** Units of a layer that fired at the last step, in any order; layers are counted from 0, without pools. */
  firedIn(layer: number): readonly number[] {
    return this.engine.firedIn(layer);
  }

  /**
   * Runs one step, and returns the outputs that fired at it, in order.
   *
   * @param units of the input that fire at this step, in any order.
   * @param values of these events; 1 by default.
   * @throws {InferError} `SHAPE_MISMATCH` for units that are no inputs, `DATA_FORMAT` for values that are not finite or reach a max pool;
   * then the step is not run.
   */
  step(units: ArrayLike<number> = [], values?: ArrayLike<number>): readonly number[] {
    const { input } = this.engine;
    const end = this.description.inputs;
    let [k, last] = [0, 0];
    // Units in order need no schedule.
    for (; values === undefined && isWhole(units[k], last, end); k++) {
      last = units[k] as number;
      input.units.push(last);
    }
    if (values !== undefined || k < units.length) {
      clear(input);
      schedule({ times: new Uint8Array(units.length), units, values }, 1, this.description)(0, input);
    }
    return this.#step();
  }

  /**
   * Runs the next steps.
   *
   * @param spikes in any order, with times counted from the first of these steps.
   * @param steps 1 by default, 65,535 at most.
   * @throws {InferError} `SHAPE_MISMATCH` for spikes outside these steps or the input, `DATA_FORMAT` for values that are not finite or reach
   * a max pool; then no step is run.
   */
  run(spikes: SpikeTrain, steps = 1): StreamAnswer {
    return this.runUntil(spikes, whole(steps, MAX_STEPS + 1, "steps"), Infinity, false);
  }

  /** @internal Runs up to so many steps, and ends after the one at which so many outputs have fired; `isAll`: then comes `restart`. */
  runUntil(spikes: SpikeTrain, steps: number, awaited: number, _isAll: boolean): StreamAnswer {
    const send = schedule(spikes, steps, this.description);
    const start = this.steps;
    const seen = new Set<number>();
    const [times, units, membranes]: [number[], number[], number[]] = [[], [], []];
    for (let step = 0; step < steps && seen.size < awaited; step++) {
      send(step, this.engine.input);
      for (const unit of this.#step()) {
        times.push(step);
        units.push(unit);
        seen.add(unit);
      }
      if (this.description.isReadout) membranes.push(...this.membranes);
    }
    return {
      ...this.decision,
      start,
      steps: this.steps,
      spikes: { times: Uint16Array.from(times), units: Uint32Array.from(units) },
      membranes: Float32Array.from(membranes),
    };
  }

  /** Resets the network and the decision to before the first step. */
  restart(): void {
    this.engine.restart();
    this.tally = new Tally(this.description, 0);
  }

  /** Makes the decision over the steps to come alone; the units keep their states. */
  restartDecision(): void {
    this.tally = new Tally(this.description, this.steps);
  }

  #step(): readonly number[] {
    const fired = this.engine.step();
    this.tally.add(fired, this.engine.membranes);
    return fired;
  }
}
