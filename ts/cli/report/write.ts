import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Network, PassOptions } from "../../network.js";
import { loadPlots, WITHOUT_PLOTS } from "../../report/plots.js";
import { backendSummary } from "../backend-summary.js";
import { say } from "../print.js";
import type { Output } from "../train/output.js";
import { answersOf } from "./answers.js";
import { learntOf } from "./learnt.js";
import type { Result } from "./result.js";
import { resultPage } from "./result-page.js";

/** The part of a {@link Result} that a command knows; the rest is read from the network. */
export type ResultSummary = Pick<
  Result,
  "title" | "part" | "metrics" | "warnings" | "epochs" | "facts" | "data" | "learntBefore"
>;

/**
 * Writes the page about a network and its answers on `samples`.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` when the folder was taken over meanwhile; `WRITE_FAILED`.
 */
export async function writeResultPage(
  { folder, files }: Output,
  summary: ResultSummary,
  { network, samples, ...how }: { network: Network; samples: SpikeDataset } & PassOptions,
): Promise<void> {
  const plots = await loadPlots();
  if (plots === undefined) say(`${files.page}: ${WITHOUT_PLOTS}`);
  const [parameters = { weights: new Float32Array(), biases: new Float32Array() }] = await network.parameters();
  const answers = await answersOf(network, samples, how);
  const { config, info } = network;
  const seen = {
    config,
    layers: info.layers,
    shape: samples.info.shape,
    answers,
    parameters,
    learnt: await learntOf(network),
    backend: backendSummary(network),
  };
  await folder.save(files.page, resultPage({ ...summary, ...seen }, plots));
}
