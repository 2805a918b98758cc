import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Network, PassOptions } from "../../network.js";
import { answersOf } from "./answers.js";
import { backendSummary } from "./backend-summary.js";
import { learntOf } from "./learnt.js";
import type { Result } from "./result.js";
import { resultPage } from "./result-page.js";

/** The part of a {@link Result} that only the caller knows. */
export type ResultSummary = Pick<
  Result,
  "title" | "part" | "metrics" | "warnings" | "epochs" | "facts" | "data" | "learntBefore"
>;

/** The page about a network and its answers on `samples`, as HTML. */
export async function networkPage(
  summary: ResultSummary,
  { network, samples, ...how }: { network: Network; samples: SpikeDataset } & PassOptions,
): Promise<string> {
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
  return resultPage({ ...summary, ...seen });
}
