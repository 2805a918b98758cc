import { record } from "../check/fields.js";
import { listOf, numbers, refuse } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Prediction } from "../results.js";

/** Derivatives of a loss at the outputs of one sample; what is missing is 0. */
export interface SampleOutputGradient {
  /** dL/dy of a readout, `[step][output]`. */
  membranes?: ArrayLike<number>;
  /** dL/dS of outputs that fire, `[step][output]`, for the activation part of a rule. */
  spikes?: ArrayLike<number>;
  /** dL/dT of each output spike, in the order of the prediction's spikes, for the timing part of a rule. */
  times?: ArrayLike<number>;
}

/**
 * Works out, from what the network did with a batch over all steps, the derivatives of a loss of the whole batch, for each sample: a
 * mean over the batch has a factor `1 / samples`. It must not wait for another call of the same network, which would wait for it.
 */
export type OutputGradient = (
  prediction: Prediction,
) => readonly SampleOutputGradient[] | Promise<readonly SampleOutputGradient[]>;

/** The arrays of a session for the gradients of a batch, `[sample][step][output]`; empty: 0. */
export interface OutputGradientArrays {
  readonly spikes: Float32Array;
  readonly times: Float32Array;
}

interface Shape {
  readonly steps: number;
  readonly outputs: number;
}

/**
 * Joins what was given for each sample.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` for another number of samples or numbers than the prediction has and for derivatives of what
 * the outputs don't do, `DATA_FORMAT` for another kind of value, `NON_FINITE` for NaN and infinities; with paths such as
 * `outputGradient[3].spikes[17]`.
 */
export function outputGradientArrays(given: unknown, prediction: Prediction, shape: Shape): OutputGradientArrays {
  const samples = listOf(record)(given, "outputGradient");
  const count = prediction.steps.length;
  if (samples.length !== count) {
    throw new SpikeletError(
      "SHAPE_MISMATCH",
      "outputGradient",
      `must have an entry for each of ${count} samples, got ${samples.length}`,
    );
  }
  const fires = prediction.membranes === undefined;
  const size = shape.steps * shape.outputs;
  const joined = { spikes: new Joined(count * size), times: new Joined(count * size) };
  for (const [sample, { membranes, spikes, times, ...others }] of samples.entries()) {
    const at = (name: string) => `outputGradient[${sample}].${name}`;
    for (const [name, value] of Object.entries({ ...others, ...(fires ? { membranes } : { spikes, times }) })) {
      if (value === undefined) continue;
      const known = fires ? "spikes and times" : "membranes";
      throw new SpikeletError("SHAPE_MISMATCH", at(name), `is no derivative of these outputs, which have ${known}`);
    }
    const [name, dense] = fires ? (["spikes", spikes] as const) : (["membranes", membranes] as const);
    if (dense !== undefined) {
      const values = finite(dense, size, at(name));
      for (let k = 0; k < size; k++) joined.spikes.set(sample * size + k, values[k] as number);
    }
    if (times !== undefined) {
      const fired = prediction.layers.at(-1)?.sample(sample) ?? { times: [], units: [] };
      const values = finite(times, fired.times.length, at("times"));
      for (let k = 0; k < values.length; k++) {
        const place = (fired.times[k] as number) * shape.outputs + (fired.units[k] as number);
        joined.times.set(sample * size + place, values[k] as number);
      }
    }
  }
  return { spikes: joined.spikes.array, times: joined.times.array };
}

/** An array that stays empty until a number is set. */
class Joined {
  array = new Float32Array();
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  set(place: number, value: number): void {
    if (this.array.length === 0) this.array = new Float32Array(this.#length);
    this.array[place] = value;
  }
}

function finite(value: unknown, length: number, path: string): ArrayLike<number> {
  const values = numbers(value, path);
  if (values.length !== length) {
    throw new SpikeletError("SHAPE_MISMATCH", path, `must have ${length} numbers, got ${values.length}`);
  }
  for (let k = 0; k < length; k++) {
    if (!Number.isFinite(Math.fround(values[k] as number))) refuse("NON_FINITE", `${path}[${k}]`, "a finite number", values[k]);
  }
  return values;
}
