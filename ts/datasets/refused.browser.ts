import { record } from "../check/fields.js";
import { text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { SpikeDataset } from "./dataset.js";

/**
 * Throws, since a page has no folders.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the folder, and with what to do instead.
 */
export async function refused(options: { dir: string }, instead: string): Promise<SpikeDataset> {
  const dir = text(record(options, "options")["dir"], "dir");
  throw new SpikeletError("DATA_FORMAT", dir, `folders cannot be read in a page: fetch the files and use ${instead}`);
}
