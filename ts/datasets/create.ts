import { type FieldChecks, fields } from "../check/fields.js";
import { bytes, type Check, floats, listOf, numbers, refuse, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { SpikeEvents, type SpikeTrain } from "../spikes.js";
import { classNames, type Labels, namedLabels } from "./class-names.js";
import { type DatasetInfo, SpikeDataset } from "./dataset.js";
import { samplesIn } from "./pick.js";
import type { DatasetTargets, HeldInputs } from "./samples.js";

/** Targets of the output; at most one kind. */
export interface TargetOptions {
  /** Class of each sample: its number, or its name. */
  labels?: Labels;
  /**
   * Names of the classes; the first is class 0. By default those among the labels, sorted, where the labels are names. A data set
   * without some of the classes, as one for a test may be, needs them so that they are numbered as in training.
   */
  classes?: readonly string[];
  /** Target spike counts, flat `[sample][output]`. */
  counts?: ArrayLike<number>;
  /** Target membranes of a readout (loss `trace`), flat `[sample][step][output]`. */
  series?: ArrayLike<number>;
  /** Target spike trains of the outputs, one entry per sample. */
  trains?: readonly SpikeTrain[] | SpikeEvents;
}

/** Images, flat `[sample][unit]`: grey values as bytes (`255` is 1), or numbers in 0..1. */
export interface ImageOptions extends TargetOptions {
  pixels?: Uint8Array;
  values?: Float32Array;
  /** `[height, width]` or `[channels, height, width]`. */
  shape: readonly number[];
  name?: string;
}

/** Spikes, one entry per sample. */
export interface SpikeOptions extends TargetOptions {
  spikes: readonly SpikeTrain[] | SpikeEvents;
  /** Shape of the input units, where they have one. */
  shape?: readonly number[];
  name?: string;
}

/** Trains of every sample, as events. */
const trains: Check<SpikeEvents> = (value, path) =>
  value instanceof SpikeEvents ? value : SpikeEvents.fromTrains(value as SpikeTrain[], path);

const sizes = listOf(whole(1), "CONFIG_INVALID");

/** Target series in one array; one that holds arrays would become NaN. */
const flatSeries: Check<ArrayLike<number>> = (value, path) => {
  const series = numbers(value, path);
  if (typeof (series[0] as unknown) !== "object") return series;
  throw new SpikeletError("DATA_FORMAT", path, "must be one flat array [sample][step][output], got a list of arrays");
};

/** @internal */
export const TARGETS: FieldChecks<TargetOptions> = {
  labels: (value, path) => numbers(value, path),
  classes: classNames,
  counts: numbers,
  series: flatSeries,
  trains,
};

const imageOptions = fields<ImageOptions>({ ...TARGETS, pixels: bytes, values: floats, shape: sizes, name: text }, "shape");

const spikeOptions = fields<SpikeOptions>({ ...TARGETS, spikes: trains, shape: sizes, name: text }, "spikes");

/**
 * Makes a data set of images; give it an encoding before you use it with a network.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when sizes do not fit, `CONFIG_INVALID` for a shape without sizes, `DATA_FORMAT` for
 * NaN and values outside 0..1, labels that are not whole numbers and for counts or series that are not numbers.
 */
export function fromImages(options: ImageOptions): SpikeDataset {
  const { pixels, values, shape, name = "images", ...targets } = imageOptions(options, "");
  if ((pixels === undefined) === (values === undefined)) {
    throw new SpikeletError("DATA_FORMAT", "pixels", "give either pixels or values");
  }
  if (shape.length === 0) throw new SpikeletError("CONFIG_INVALID", "shape", "must have at least one size");
  if (values !== undefined) refuseOutOfRange(values);
  const units = shape.reduce((product, size) => product * size, 1);
  const inputs: HeldInputs =
    pixels === undefined ? { kind: "values", values: floats(values, "values"), units } : { kind: "pixels", pixels, units };
  const samples = samplesIn(inputs);
  if (!Number.isInteger(samples)) {
    const message = `${(pixels ?? values)?.length} values are not a whole number of images of ${shape.join(" × ")}`;
    throw new SpikeletError("SHAPE_MISMATCH", "shape", message);
  }
  return assemble({ name, shape }, inputs, samples, targets);
}

/** @throws {SpikeletError} `DATA_FORMAT` with the path of the first value that is NaN or outside 0..1. */
function refuseOutOfRange(values: Float32Array): void {
  const index = values.findIndex((value) => !(value >= 0 && value <= 1));
  const value = values[index];
  if (value === undefined) return;
  const remedy = value > 1 && value <= 255 ? "; grey values up to 255 are given as bytes in pixels" : "";
  throw new SpikeletError("DATA_FORMAT", `values[${index}]`, `must be in 0..1, got ${value}${remedy}`);
}

/**
 * Makes a data set of spikes, or of events with values.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when sizes do not fit, `DATA_FORMAT` for steps, units or labels that are not whole
 * numbers, for values that are not finite, for counts or series that are not numbers and for target trains with values.
 */
export function fromSpikes(options: SpikeOptions): SpikeDataset {
  const { spikes, shape = [], name = "spikes", ...targets } = spikeOptions(options, "");
  const events = asEvents(spikes);
  return assemble({ name, shape }, { kind: "events", events }, events.length, targets);
}

/** @internal Checks that inputs and targets are of one length. */
export function assemble(info: DatasetInfo, inputs: HeldInputs, samples: number, options: TargetOptions): SpikeDataset {
  const { labels, classes, counts, series, trains } = options;
  if ([labels, counts, series, trains].filter((target) => target !== undefined).length > 1) {
    throw new SpikeletError("DATA_FORMAT", "labels", "give one of labels, counts, series and trains");
  }
  const named = labels === undefined ? { classes } : namedLabels(sized(labels, samples, samples, "labels"), classes);
  const targets: DatasetTargets = "labels" in named ? { labels: named.labels } : {};
  if (counts !== undefined) targets.counts = equallyMany(counts, samples, "counts");
  if (series !== undefined) targets.series = equallyMany(series, samples, "series");
  if (trains !== undefined) targets.trains = sized(spikesOf(trains), samples, samples, "trains");
  return new SpikeDataset(
    named.classes === undefined ? info : { ...info, classes: named.classes },
    inputs,
    targets,
    Uint32Array.from({ length: samples }, (_, row) => row),
  );
}

/** Target spikes, which have no values. */
function spikesOf(trains: readonly SpikeTrain[] | SpikeEvents): SpikeEvents {
  const events = asEvents(trains);
  if (events.values === undefined) return events;
  throw new SpikeletError("DATA_FORMAT", "trains.values", "are for events of the input: target spikes have none");
}

function asEvents(spikes: readonly SpikeTrain[] | SpikeEvents): SpikeEvents {
  return spikes instanceof SpikeEvents ? spikes : SpikeEvents.fromTrains(spikes);
}

/** As many numbers for every sample. */
function equallyMany(numbers: ArrayLike<number>, samples: number, path: string): Float32Array {
  const each = Math.max(1, Math.round(numbers.length / Math.max(1, samples)));
  const entries = sized(numbers, samples * each, samples, path);
  const targets = new Float32Array(entries.length);
  for (let k = 0; k < entries.length; k++) {
    const entry = entries[k];
    if (typeof entry !== "number") refuse("DATA_FORMAT", `${path}[${k}]`, "a number", entry);
    targets[k] = entry;
  }
  return targets;
}

function sized<T extends { readonly length: number }>(target: T, needed: number, samples: number, path: string): T {
  if (target.length === needed) return target;
  throw new SpikeletError("SHAPE_MISMATCH", path, `must have ${needed} entries for ${samples} samples, got ${target.length}`);
}
