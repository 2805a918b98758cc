import { MAX_STEPS } from "../check/steps.js";
import type { SpikeDataset } from "../datasets/dataset.js";
import { SpikeletError } from "../errors.js";
import { type SignalProfile, signalProfile } from "./signal-profile.js";

/** Samples that are looked at, spread over the data set. */
const MAX_LOOKED_AT = 256;

/** Sides of the smallest image that a convolution is recommended for. */
const MIN_IMAGE_SIDE = 8;

export type ImageShape = [channels: number, height: number, width: number];

/** Spikes, of a camera with this image or of so many units in a row. */
export interface SpikeProfile {
  kind: "spikes";
  units: number;
  image: ImageShape | undefined;
  /** Steps that the samples last. */
  steps: number;
}

/** A sample as recommendations tell them apart: an image, a row of a table, a signal or spikes. */
export type Inputs = { kind: "image"; shape: ImageShape } | { kind: "table"; units: number } | SignalProfile | SpikeProfile;

/** How the samples are spread over the classes. */
export interface Classes {
  count: number;
  /** Samples of the largest class for each of the smallest. */
  imbalance: number;
}

/** Facts about labelled data that a recommendation depends on. */
export interface Profile {
  samples: number;
  classes: Classes;
  inputs: Inputs;
}

/**
 * Looks at the samples of a data set, except those that it reserves for the test.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for data without labels, of one class alone, with one sample of a class, that have an encoding
 * already, or whose signals do not vary.
 */
export async function profileOf(data: SpikeDataset): Promise<Profile> {
  if (data.encoding !== undefined) {
    throw new SpikeletError(
      "DATA_FORMAT",
      "data",
      "has an encoding already, which recommend chooses: pass data.withoutEncoding()",
    );
  }
  const free = data.slice(0, data.length - (data.info.testSamples ?? 0));
  const classes = classesOf(free.labels, free.info.classes);
  const stride = Math.max(1, Math.ceil(free.length / MAX_LOOKED_AT));
  const looked = await free.pick(Array.from({ length: Math.ceil(free.length / stride) }, (_, k) => k * stride)).load();
  return { samples: free.length, classes, inputs: await inputsOf(looked) };
}

function classesOf(labels: Uint32Array | undefined, names: readonly string[] = []): Classes {
  if (labels === undefined) {
    throw new SpikeletError("DATA_FORMAT", "data", "must have labels: a recommendation is for samples of known classes");
  }
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  if (sizes.size < 2)
    throw new SpikeletError("DATA_FORMAT", "data.labels", `must be of two classes or more, are of ${sizes.size}`);
  const [lone] = [...sizes].find(([, size]) => size === 1) ?? [];
  if (lone !== undefined) {
    const why = `must be of each class at least twice, to learn from one and validate on another: class ${names[lone] ?? lone} has one`;
    throw new SpikeletError("DATA_FORMAT", "data.labels", why);
  }
  const ordered = [...sizes.values()].sort((a, b) => a - b);
  // Outputs are numbered from 0, so that a class without samples has one, too.
  return { count: Math.max(names.length, 1 + Math.max(...sizes.keys())), imbalance: (ordered.at(-1) ?? 1) / (ordered[0] ?? 1) };
}

async function inputsOf(data: SpikeDataset): Promise<Inputs> {
  if (data.signal(0) !== undefined) return signalProfile(data);
  const image = imageShapeOf(data.info.shape);
  const units = await data.inputUnits();
  if (data.image(0) !== undefined) return image === undefined ? { kind: "table", units } : { kind: "image", shape: image };
  const { times } = await data.events({ steps: MAX_STEPS });
  const steps = data.info.steps ?? times.reduce((last, time) => Math.max(last, time), 0) + 1;
  return { kind: "spikes", units, image, steps };
}

/** The shape of an image; `undefined` for what is none, or too small for a convolution. */
function imageShapeOf(shape: readonly number[]): ImageShape | undefined {
  if (shape.length < 2 || shape.length > 3) return undefined;
  const [channels, height, width] = (shape.length === 2 ? [1, ...shape] : shape) as ImageShape;
  return Math.min(height, width) < MIN_IMAGE_SIDE ? undefined : [channels, height, width];
}
