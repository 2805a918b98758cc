import type { CochleaFiles, ShdOptions } from "./cochlea-folder.node.js";
import type { SpikeDataset } from "./dataset.js";
import { refused } from "./refused.browser.js";

export type { CochleaFiles, ShdOptions };

/** Throws `DATA_FORMAT`: a page has no folders. */
export function readCochleaFolder(_: CochleaFiles, options: ShdOptions): Promise<SpikeDataset> {
  return refused(options, "h5wasm and datasets.fromSpikes(), or an NPZ and datasets.fromNpz()");
}
