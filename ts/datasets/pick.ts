import { allocated } from "../check/allocated.js";
import { bytes, floats } from "../check/values.js";
import type { DatasetArrays } from "../runtime/backend.js";
import type { DatasetTargets, HeldInputs } from "./samples.js";
import { pickSeries } from "./series.js";

/** Samples that an encoding for images turns into spikes. */
export type ImageInputs = Extract<HeldInputs, { units: number }>;

/** The inputs of some samples, in the order of `rows`. */
export function pickInputs(inputs: HeldInputs, rows: Uint32Array): HeldInputs {
  switch (inputs.kind) {
    case "events":
      return { kind: "events", events: inputs.events.pick(rows) };
    case "series":
      return { ...inputs, ...pickSeries(inputs, rows) };
    case "pixels":
      return { ...inputs, pixels: pickPixels(inputs, rows) };
    case "values":
      return { kind: "values", values: pickValues(inputs, rows), units: inputs.units };
  }
}

/**
 * Images of some samples, `[sample][unit]`.
 *
 * @throws {SpikeletError} `DATA_FORMAT` if the memory of the images was handed over.
 */
export function pickImages(inputs: ImageInputs, rows: Uint32Array): Uint8Array | Float32Array {
  return inputs.kind === "pixels" ? pickPixels(inputs, rows) : pickValues(inputs, rows);
}

/** The targets of some of `samples` samples, in the order of `rows`. */
export function pickTargets(
  { labels, counts, series, trains }: DatasetTargets,
  rows: Uint32Array,
  samples: number,
): DatasetTargets {
  const numbers = (of: Float32Array) => pickFloats(of, rows, of.length / Math.max(1, samples));
  return {
    ...(labels && { labels: rows.map((row) => labels[row] ?? 0) }),
    ...(counts && { counts: numbers(counts) }),
    ...(series && { series: numbers(series) }),
    ...(trains && { trains: trains.pick(rows) }),
  };
}

/** How many samples there are. */
export function samplesIn(inputs: HeldInputs): number {
  switch (inputs.kind) {
    case "events":
      return inputs.events.length;
    case "series":
      return inputs.offsets.length - 1;
    case "pixels":
      return inputs.pixels.length / inputs.units;
    case "values":
      return inputs.values.length / inputs.units;
  }
}

/** Inputs as the core takes them. */
export function inputArrays(inputs: HeldInputs): DatasetArrays {
  switch (inputs.kind) {
    case "events": {
      const { offsets, times, units, values } = inputs.events;
      return { offsets, times, units, ...(values && { values }) };
    }
    case "series":
      return { values: inputs.values, offsets: inputs.offsets };
    case "pixels":
      return { pixels: inputs.pixels };
    case "values":
      return { values: inputs.values };
  }
}

/** Targets as the core takes them. */
export function targetArrays({ trains, ...arrays }: DatasetTargets): DatasetArrays {
  if (trains === undefined) return arrays;
  const { offsets, times, units } = trains;
  return { ...arrays, targetOffsets: offsets, targetTimes: times, targetUnits: units };
}

const pickPixels = ({ pixels, units }: ImageInputs & { kind: "pixels" }, rows: Uint32Array) =>
  pickRows(bytes(pixels, "pixels"), rows, units, allocated(Uint8Array, rows.length * units, "data", "the images"));

const pickValues = ({ values, units }: ImageInputs & { kind: "values" }, rows: Uint32Array) =>
  pickFloats(floats(values, "values"), rows, units);

const pickFloats = (from: Float32Array, rows: Uint32Array, width: number) =>
  pickRows(from, rows, width, allocated(Float32Array, rows.length * width, "data", "the values"));

/** Rows of `width` numbers each. */
function pickRows<T extends Uint8Array | Float32Array>(from: T, rows: Uint32Array, width: number, into: T): T {
  for (const [k, row] of rows.entries()) into.set(from.subarray(row * width, (row + 1) * width), k * width);
  return into;
}
