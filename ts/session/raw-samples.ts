import { floats, numbers, refuse } from "../check/values.js";
import { fromImages } from "../datasets/create.js";
import type { SpikeDataset } from "../datasets/dataset.js";
import { fromSeries } from "../datasets/from-series.js";
import { scaledRow } from "../datasets/ranges.js";
import { SpikeletError } from "../errors.js";
import type { TrainedOn } from "../network-info.js";

/**
 * One sample as it comes from a sensor or a file: the values of an image or of a line of a table, bytes where 255 is 1, or the
 * channels of a signal.
 */
export type RawSample = ArrayLike<number> | readonly ArrayLike<number>[];

/**
 * A data set of one sample, encoded as in training.
 *
 * @throws {SpikeletError} `DATA_FORMAT` where the network has learnt from no data or from spikes, or for values out of range,
 * `SHAPE_MISMATCH` for another number of values or channels than in training.
 */
export function rawSample(sample: RawSample, trainedOn: TrainedOn | null): SpikeDataset {
  if (trainedOn?.encoding === undefined) {
    const why = trainedOn === null ? "the network has learnt from no data yet" : "the network has learnt from spikes";
    throw new SpikeletError("DATA_FORMAT", "data", `must be a data set: ${why}, and has no encoding for values`);
  }
  const { inputs, encoding, shape = [], channels = 1, sampleRate, ranges } = trainedOn;
  if (inputs === "series") {
    const signal = channelsOf(sample);
    if (signal.length !== channels) throw mismatch(`${channels} channels`, signal.length);
    return fromSeries({ signals: [signal], layout: "channelsFirst", ...(sampleRate === undefined ? {} : { sampleRate }) }).encode(
      encoding,
    );
  }
  const values = numbers(sample, "data");
  const units = shape.reduce((product, side) => product * side, 1);
  if (values.length !== units) throw mismatch(`${units} values (${shape.join(" × ")})`, values.length);
  const given = Array.from(values, (value, k) =>
    Number.isFinite(value) ? value : refuse("DATA_FORMAT", `data[${k}]`, "a finite number", value),
  );
  if (ranges !== undefined) return fromImages({ values: Float32Array.from(scaledRow(given, ranges)), shape }).encode(encoding);
  if (values instanceof Uint8Array) return fromImages({ pixels: values, shape }).encode(encoding);
  const odd = given.findIndex((value) => value < 0 || value > 1);
  if (odd >= 0) refuse("DATA_FORMAT", `data[${odd}]`, "in 0..1", given[odd]);
  return fromImages({ values: floats(Float32Array.from(given), "data"), shape }).encode(encoding);
}

/** The channels of a signal, which is an array of numbers where it has one. */
function channelsOf(sample: RawSample): ArrayLike<number>[] {
  const isOne = ArrayBuffer.isView(sample) || typeof (sample as ArrayLike<unknown>)[0] === "number";
  return isOne ? [sample as ArrayLike<number>] : Array.from(sample as readonly ArrayLike<number>[]);
}

function mismatch(expected: string, got: number): SpikeletError {
  return new SpikeletError("SHAPE_MISMATCH", "data", `must have ${expected}, as in training, has ${got}`);
}
