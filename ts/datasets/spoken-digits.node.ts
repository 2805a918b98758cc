import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "../check/fields.js";
import { oneOf, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { load } from "../io/files.node.js";
import { mulberry32 } from "../random.js";
import { abortSignal } from "../runtime/options.js";
import type { SpikeDataset } from "./dataset.js";
import { fromSeries } from "./from-series.js";
import { soundAt } from "./from-wav.js";
import { varied } from "./varied.js";

/** A speaker of the Free Spoken Digit Dataset. */
export type Speaker = "george" | "jackson" | "lucas" | "nicolas" | "theo" | "yweweler";

const SPEAKERS = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"] as const satisfies readonly Speaker[];

/** Folder of the recordings, and which of them are for test and validation. */
export interface SpokenDigitsOptions {
  /** Folder of the WAV files, or its parent with the folder `recordings`. */
  dir: string;
  /**
   * Speaker whose recordings become the test part; by default the official test part, recordings 0 to 4 of every digit and
   * speaker.
   */
  heldOut?: Speaker;
  /**
   * Another speaker, whose recordings become the validation part, or `everyone`: of every digit and speaker the first five
   * recordings that are not in the test part. By default it is drawn at random.
   */
  validation?: Speaker | "everyone";
  /**
   * Variations of each training recording that are learnt beside it: at another speed, louder or softer, in noise; 0 by default.
   * They need a `validation`, so that none is a variation of a validation recording.
   */
  copies?: number;
  signal?: AbortSignal;
}

const speaker = oneOf(...SPEAKERS);

const spokenDigitsOptions = fields<SpokenDigitsOptions>(
  { dir: text, heldOut: speaker, validation: oneOf(...SPEAKERS, "everyone"), copies: whole(0, 100), signal: abortSignal },
  "dir",
);

/** As many recordings of every digit and speaker are the official test, and the validation by `everyone`. */
const FEW = 5;
const SAMPLE_RATE = 8000;
/** Files that are read at a time. */
const CHUNK = 128;

interface Recording {
  name: string;
  digit: number;
  speaker: string;
  index: number;
}

/**
 * The Free Spoken Digit Dataset (Jackson and others 2016): 3,000 recordings of six speakers who say the digits 0 to 9, signals of
 * one channel at 8,000 Hz. `split` keeps the test part that {@link SpokenDigitsOptions} says, and a tenth of the others for
 * validation.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the file for a missing folder, one without recordings for a part and files that are
 * no such recordings; an abort throws the signal's reason.
 */
export async function spokenDigits(options: SpokenDigitsOptions): Promise<SpikeDataset> {
  const { dir, heldOut, validation, copies = 0, signal } = spokenDigitsOptions(options, "");
  if (heldOut !== undefined && heldOut === validation) {
    throw new SpikeletError("CONFIG_INVALID", "validation", `must be another speaker than heldOut, got ${validation}`);
  }
  if (copies > 0 && validation === undefined) {
    throw new SpikeletError("CONFIG_INVALID", "validation", "must be given where there are copies");
  }
  const folder = existsSync(join(dir, "recordings")) ? join(dir, "recordings") : dir;
  const all = await recordings(folder);
  const isTest = (one: Recording) => (heldOut === undefined ? one.index < FEW : one.speaker === heldOut);
  const first = heldOut === undefined ? FEW : 0;
  const isJudged = (one: Recording) => (validation === "everyone" ? one.index < first + FEW : one.speaker === validation);
  const test = all.filter(isTest);
  const others = all.filter((one) => !isTest(one));
  const judged = others.filter(isJudged);
  const learnt = others.filter((one) => !isJudged(one));
  if (test.length === 0) throw missing(folder, "test", heldOut);
  if (validation !== undefined && judged.length === 0) throw missing(folder, "validation", validation);
  const sounds = await soundsOf(folder, [...learnt, ...judged, ...test], signal);
  const own = sounds.slice(0, learnt.length);
  const draw = mulberry32(1);
  const more = Array.from({ length: copies }, () => own.map((sound) => varied(sound, SAMPLE_RATE, draw))).flat();
  const signals = [...own, ...more, ...sounds.slice(learnt.length)].map((sound) => [sound]);
  const again = Array.from({ length: copies }, () => learnt).flat();
  const labels = [...learnt, ...again, ...judged, ...test].map(({ digit }) => digit);
  const data = fromSeries({ signals, labels, sampleRate: SAMPLE_RATE, name: "spokenDigits" });
  const isFixed = validation !== undefined;
  return data.withParts({
    testSamples: test.length,
    validationSamples: isFixed ? judged.length : Math.floor(others.length / 10),
    isValidationFixed: isFixed,
  });
}

/** Without a part of its own, samples of others would be drawn for it. */
function missing(folder: string, part: string, of: string | undefined): SpikeletError {
  return new SpikeletError("DATA_FORMAT", folder, `holds no recordings for the ${part}${of === undefined ? "" : ` of ${of}`}`);
}

/** The recordings in a folder, the first of every speaker and digit before the second of any. */
async function recordings(folder: string): Promise<Recording[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SpikeletError("DATA_FORMAT", folder, "is not a folder that can be read", cause);
  });
  const found = names.flatMap((name): Recording[] => {
    const [, digit, of, index] = /^(\d)_([a-z]+)_(\d+)\.wav$/.exec(name) ?? [];
    return of === undefined ? [] : [{ name, digit: Number(digit), speaker: of, index: Number(index) }];
  });
  if (found.length === 0) throw new SpikeletError("DATA_FORMAT", folder, "holds no recordings such as 7_theo_12.wav");
  const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return found.sort((a, b) => a.index - b.index || order(a.speaker, b.speaker) || a.digit - b.digit);
}

async function soundsOf(folder: string, all: readonly Recording[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
  const sounds: Float32Array[] = [];
  for (let start = 0; start < all.length; start += CHUNK) {
    signal?.throwIfAborted();
    const chunk = all.slice(start, start + CHUNK);
    const files = await Promise.all(chunk.map(({ name }) => load(join(folder, name))));
    for (const [k, file] of files.entries()) {
      const path = join(folder, chunk[k]?.name ?? "");
      const { sampleRate, channels } = soundAt(path, file);
      const [sound] = channels;
      if (sampleRate !== SAMPLE_RATE || sound === undefined || channels.length !== 1) {
        const message = `must have 1 channel at ${SAMPLE_RATE} Hz, has ${channels.length} at ${sampleRate}`;
        throw new SpikeletError("DATA_FORMAT", path, message);
      }
      sounds.push(sound);
    }
  }
  return sounds;
}
