import type { SpikeDataset } from "./dataset.js";
import { type IdxFolderOptions, readIdxFolder } from "./idx-folder.node.js";

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 70,000 images of clothes in 10 classes, files and parts like {@link mnist}.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export function fashionMnist(options: IdxFolderOptions): Promise<SpikeDataset> {
  return readIdxFolder("fashionMnist", options);
}
