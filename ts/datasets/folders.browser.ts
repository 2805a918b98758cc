import { record } from "../check/fields.js";
import { text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { DvsGestureOptions } from "./dvs-gesture.node.js";
import type { FileOptions } from "./files/collected.js";
import type { NmnistOptions } from "./nmnist.node.js";
import { refused } from "./refused.browser.js";
import type { ShardsOptions } from "./shards/open.node.js";
import type { PackOptions, PackReport } from "./shards/pack.node.js";
import type { Speaker, SpokenDigitsOptions } from "./spoken-digits.node.js";

// Where TypeScript resolves modules as a bundler does, programs for Node get these types too.
export type { DvsGestureOptions, NmnistOptions, PackOptions, PackReport, ShardsOptions, Speaker, SpokenDigitsOptions };

/** A page has no folders: each of these throws `DATA_FORMAT` and says what to do instead. */
export const fromFolder = (dir: string, _: FileOptions = {}) => refused({ dir }, "datasets.fromFiles()");
export const dvsGesture = (options: DvsGestureOptions) => refused(options, "datasets.fromRecordings()");
export const nmnist = (options: NmnistOptions) => refused(options, "decodeAer() and datasets.fromSpikes()");
export const shards = (options: ShardsOptions) => refused(options, "datasets.fromNpz() or datasets.fromSpikes()");
export const packShards = async (_: unknown, options: PackOptions): Promise<PackReport> => {
  const dir = text(record(options, "options")["dir"], "dir");
  throw new SpikeletError("WRITE_FAILED", dir, "folders cannot be written in a page: pack in Node");
};
export const spokenDigits = (options: SpokenDigitsOptions) => refused(options, "datasets.fromWav()");
