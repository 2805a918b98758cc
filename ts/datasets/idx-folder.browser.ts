import type { SpikeDataset } from "./dataset.js";
import type { IdxFolderOptions } from "./idx-folder.node.js";
import { refused } from "./refused.browser.js";

export type { IdxFolderOptions };

/** Throws `DATA_FORMAT`: a page has no folders. */
export function readIdxFolder(_: string, options: IdxFolderOptions): Promise<SpikeDataset> {
  return refused(options, "parseIdx() and datasets.fromImages()");
}
