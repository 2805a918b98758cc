import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { type CreateOptions, restoreNetwork } from "../../network.js";
import { answersOf } from "../result/answers.js";
import type { Result } from "../result/result.js";

/** Samples that the network answers. */
const MAX_SAMPLES = 64;

/** Answers of the network of a checkpoint on some samples. */
export type SampleAnswers = Pick<Result, "answers" | "layers" | "config" | "part">;

/** Samples to be shown, and of which part of the data they are. */
export interface SamplesToShow {
  part: "validation" | "test";
  samples: SpikeDataset;
}

/** The validation samples, or those of the test where there are none. */
export function samplesToShow({ validation, test }: Pick<Split, "validation" | "test">): SamplesToShow {
  return validation.length > 0 ? { part: "validation", samples: validation } : { part: "test", samples: test };
}

/**
 * Lets the network of a checkpoint answer.
 *
 * @param samplesFor samples for a network of so many steps.
 * @throws {SpikeletError} for a checkpoint or data that can't be used.
 */
export async function sampleAnswers(
  checkpoint: Uint8Array,
  samplesFor: (steps: number) => SamplesToShow | Promise<SamplesToShow>,
  choices: CreateOptions,
): Promise<SampleAnswers> {
  using network = await restoreNetwork(checkpoint, choices);
  const { config, info } = network;
  const { part, samples } = await samplesFor(config.network.steps);
  const { signal } = choices;
  const answers = await answersOf(network, samples.slice(0, MAX_SAMPLES), signal === undefined ? {} : { signal });
  return { answers, layers: info.layers, config, part };
}
