import { fields } from "../check/fields.js";
import { bytes, listOf, text } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { readWav, type Sound } from "../io/wav.js";
import { TARGETS, type TargetOptions } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { fromSeries } from "./from-series.js";

/** The bytes of WAV files, one per sample, all with the same sample rate and number of channels. */
export interface WavOptions extends TargetOptions {
  files: readonly Uint8Array[];
  name?: string;
}

const wavOptions = fields<WavOptions>({ ...TARGETS, files: listOf(bytes), name: text }, "files");

/**
 * Makes a data set of sounds from WAV files (whole numbers of 8, 16, 24 or 32 bits, floating-point numbers of 32 or 64); values
 * are −1 to 1.
 *
 * @throws {SpikeletError} `DATA_FORMAT` at `files[i]` with the byte offset for what is no such file, `SHAPE_MISMATCH` where
 * sample rates or channels differ, or targets do not fit.
 */
export function fromWav(options: WavOptions): SpikeDataset {
  const { files, name = "sounds", ...targets } = wavOptions(options, "");
  const sounds = files.map((file, index) => soundAt(`files[${index}]`, file));
  const same = (what: string, of: (sound: Sound) => number) => {
    const [first, ...values] = sounds.map(of);
    const other = values.findIndex((value) => value !== first);
    if (other < 0) return first;
    const message = `must have the ${what} of the files before it, ${first}, has ${values[other]}`;
    throw new SpikeletError("SHAPE_MISMATCH", `files[${other + 1}]`, message);
  };
  const sampleRate = same("sample rate", (sound) => sound.sampleRate);
  same("number of channels", (sound) => sound.channels.length);
  const signals = sounds.map((sound) => sound.channels);
  return fromSeries({ signals, name, ...(sampleRate === undefined ? {} : { sampleRate }), ...targets });
}

/** @internal The sound of one file, called `path` in errors. */
export function soundAt(path: string, file: Uint8Array): Sound {
  try {
    return readWav(file);
  } catch (thrown) {
    throw inFile(path, thrown);
  }
}
