// What the outputs of the network stand for, and how sound becomes its input: for the script that trains it and for the page.

import { SAMPLE_RATE } from "./varied.mjs";

export const MELS = 20;
/** Units of the layer that is not the output. */
export const HIDDEN = 512;
export const CLASSES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
export const ENCODING = /** @type {const} */ ({
  type: "logMel",
  sampleRate: SAMPLE_RATE,
  window: 256,
  hop: 80,
  mels: MELS,
  encoding: { type: "delta", threshold: 0.5, maxSpikes: 5, start: -7 },
});
