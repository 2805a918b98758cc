import type { SpikeDataset } from "./dataset.js";
import { type IdxFolderOptions, readIdxFolder } from "./idx-folder.node.js";

/**
 * Kuzushiji-MNIST (Clanuwat et al. 2018): 70,000 cursive Japanese characters in 10 classes, files and parts like {@link mnist}.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export function kmnist(options: IdxFolderOptions): Promise<SpikeDataset> {
  return readIdxFolder("kmnist", options);
}
