import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Network, PassOptions } from "../../network.js";
import { networkPage, type ResultSummary } from "../../report/result/network-page.js";
import type { Output } from "../train/output.js";

/**
 * Writes the page about a network and its answers on `samples`.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`.
 */
export async function writeResultPage(
  { folder, files }: Output,
  summary: ResultSummary,
  about: { network: Network; samples: SpikeDataset } & PassOptions,
): Promise<void> {
  await folder.save(files.page, await networkPage(summary, about));
}
