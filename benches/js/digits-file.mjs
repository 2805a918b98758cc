// Digits as one file for a page: the number of samples (u32, little-endian), a label a byte, then the grey values.
import { datasets } from "../../dist/index.js";

const UNITS = 28 * 28;

/** The first `samples` of the training part that the command line makes. */
export async function digitsFile(samples) {
  const train = (await datasets.digits()).split({ seed: 1 }).train.slice(0, samples);
  const bytes = new Uint8Array(4 + train.length * (1 + UNITS));
  new DataView(bytes.buffer).setUint32(0, train.length, true);
  bytes.set(train.labels, 4);
  for (let k = 0; k < train.length; k++) {
    const pixels = train.image(k).map((value) => Math.round(value * 255));
    bytes.set(pixels, 4 + train.length + k * UNITS);
  }
  return bytes;
}
