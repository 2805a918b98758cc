import { record } from "../check/fields.js";
import { text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { ReadLimit } from "../io/byte-budget.js";
import type { BackendChoice } from "../runtime/backend.js";
import type { AerOptions } from "./aer.js";
import type { SpikeDataset } from "./dataset.js";

/** Folder of the files, in Node. */
export interface IdxFolderOptions extends ReadLimit {
  dir: string;
  backend?: BackendChoice;
}

/** Folder of the recordings, in Node. */
export interface NmnistOptions extends AerOptions {
  dir: string;
  backend?: BackendChoice;
}

/** Where the two files lie in Node. */
export interface ShdOptions extends ReadLimit {
  dir: string;
}

/** Who speaks in the Free Spoken Digit Dataset. */
export type Speaker = "george" | "jackson" | "lucas" | "nicolas" | "theo" | "yweweler";

/** Folder of the recordings, in Node. */
export interface SpokenDigitsOptions {
  dir: string;
  heldOut?: Speaker;
  validation?: Speaker;
}

/** Where the shards lie in Node. */
export interface ShardsOptions {
  dir: string;
  verify?: boolean;
}

/** How shards are made in Node. */
export interface PackOptions {
  dir: string;
  samplesPerShard?: number;
  testSamples?: number;
  onProgress?: (samples: number) => void;
  signal?: AbortSignal;
}

/** What was packed in Node. */
export interface PackReport {
  samples: number;
  shards: number;
  bytes: number;
}

/** A page has no folders: each of these throws `DATA_FORMAT` and says what to do instead. */
export const fashionMnist = (options: IdxFolderOptions) => refused(options, "parseIdx() and datasets.fromImages()");
export const kmnist = (options: IdxFolderOptions) => refused(options, "parseIdx() and datasets.fromImages()");
export const mnist = (options: IdxFolderOptions) => refused(options, "parseIdx() and datasets.fromImages()");
export const nmnist = (options: NmnistOptions) => refused(options, "decodeAer() and datasets.fromSpikes()");
export const shards = (options: ShardsOptions) => refused(options, "datasets.fromNpz() or datasets.fromSpikes()");
export const packShards = async (_: unknown, options: PackOptions): Promise<PackReport> => {
  const dir = text(record(options, "options")["dir"], "dir");
  throw new SpikeletError("WRITE_FAILED", dir, "folders cannot be written in a page: pack in Node");
};
export const shd = (options: ShdOptions) =>
  refused(options, "h5wasm and datasets.fromSpikes(), or an NPZ and datasets.fromNpz()");
export const spokenDigits = (options: SpokenDigitsOptions) => refused(options, "datasets.fromWav()");

async function refused(options: { dir: string }, instead: string): Promise<SpikeDataset> {
  const dir = text(record(options, "options")["dir"], "dir");
  throw new SpikeletError("DATA_FORMAT", dir, `folders cannot be read in a page: fetch the files and use ${instead}`);
}
