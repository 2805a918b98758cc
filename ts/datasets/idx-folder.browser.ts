import type { SpikeDataset } from "./dataset.js";
import type { IdxFiles, IdxFolderOptions } from "./idx-folder.node.js";
import { refused } from "./refused.browser.js";

export type { IdxFiles, IdxFolderOptions };

/** Throws `DATA_FORMAT`: a page has no folders. */
export function readIdxFolder(_: IdxFiles, options: IdxFolderOptions): Promise<SpikeDataset> {
  return refused(options, "parseIdx() and datasets.fromImages()");
}
