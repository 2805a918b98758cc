import type { SpikeDataset } from "./dataset.js";
import { type IdxFolderOptions, readIdxFolder } from "./idx-folder.node.js";

/**
 * The full MNIST, 70,000 digits, from IDX files in a folder. `split({ seed })` makes 50,000 for training and 10,000 for
 * validation out of the training files; the 10,000 of the test files stay the test part.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export function mnist(options: IdxFolderOptions): Promise<SpikeDataset> {
  return readIdxFolder("mnist", options);
}
