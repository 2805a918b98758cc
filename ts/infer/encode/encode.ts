import { InferError } from "../errors.js";
import type { TrainedOn } from "../model-file.js";
import type { SpikeTrain } from "../spikes.js";
import { checked } from "./checked.js";
import { SignalEncoder } from "./signal-encoder.js";
import { ENCODERS, encodeValues } from "./values.js";

/** The sample as it comes from a sensor or a file: values of an image or of a line of a table, bytes where 255 is 1, or channels. */
export type RawSample = ArrayLike<number> | readonly ArrayLike<number>[];

/** Options of `encode`. */
export interface EncodeOptions {
  /** Number of the sample in its data set, which seeds random encodings; 0 by default. */
  row?: number;
}

/**
 * Encodes a sample as in training, with the bits of the library: the spikes for `model.predict`.
 *
 * @param model a model that says what it was trained on.
 * @param sample values in 0..1, or in the units of the table that the network has learnt from; bytes of an image; of a signal one channel or
 * `[channel][time]`.
 * @throws {InferError} `CONFIG_INVALID` where the network has learnt from spikes or from an encoding that is not known here,
 * `SHAPE_MISMATCH` for another number of values or channels than in training, `DATA_FORMAT` for values that are not finite or not in 0..1.
 */
export function encode(
  { trainedOn, steps }: { trainedOn: TrainedOn | undefined; steps: number },
  sample: RawSample,
  { row = 0 }: EncodeOptions = {},
): SpikeTrain {
  const { inputs, encoding, shape = [], channels = 1, ranges } = trainedOn ?? ({} as Partial<TrainedOn>);
  if (encoding === undefined) throw new InferError("CONFIG_INVALID", "model.trainedOn.encoding", "is not known: give spikes");
  if (inputs === "series") {
    const fired = new SignalEncoder(encoding, channels).push(sample).slice(0, steps);
    return {
      times: Uint16Array.from(fired.flatMap((units, step) => units.map(() => step))),
      units: Uint32Array.from(fired.flat()),
    };
  }
  if (!Object.hasOwn(ENCODERS, encoding.type)) {
    throw new InferError("CONFIG_INVALID", "model.trainedOn.encoding.type", `is not known here: ${encoding.type}`);
  }
  const options = checked(encoding, "model.trainedOn.encoding");
  const units = shape.reduce((product, side) => product * side, 1);
  if (sample.length !== units)
    throw new InferError("SHAPE_MISMATCH", "sample", `must have ${units} values, has ${sample.length}`);
  const isBytes = sample instanceof Uint8Array && ranges === undefined;
  const values = Float32Array.from(sample as ArrayLike<number>, (value, k) => {
    const [lowest, highest] = ranges?.[k] ?? [0, 1];
    if (!Number.isFinite(value)) refuse(k, "must be a finite number", value);
    if (isBytes) return value / 255;
    if (ranges !== undefined) return highest === lowest ? 0 : Math.min(1, Math.max(0, (value - lowest) / (highest - lowest)));
    return value >= 0 && value <= 1 ? value : refuse(k, "must be in 0..1", value);
  });
  return encodeValues(encoding.type, options, values, steps, row);
}

function refuse(k: number, reason: string, value: number): never {
  throw new InferError("DATA_FORMAT", `sample[${k}]`, `${reason}, got ${value}`);
}
