import type { Split } from "../../datasets/dataset.js";
import { SpikeletError } from "../../errors.js";
import { createNetwork, type Network } from "../../network.js";
import { dataKey } from "../../sweep/identity.js";
import { checkObjective } from "../../sweep/objective.js";
import type { Plan } from "../../sweep/plan.js";
import type { RunResult } from "../../sweep/record.js";
import { configurationsOf } from "../../sweep/runs.js";
import type { Choices } from "../invocation.js";
import { taskOf } from "./configuration.js";
import { Samples } from "./samples.js";

/**
 * Hashes the samples of every run by their keys. A network of each is made and meets a sample, so that a plan with a mistake in it
 * ends here and not as a thousand failures.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `DATA_FORMAT` for data that can't be read.
 */
export async function dataHashes(plan: Plan, dir: string | undefined, choices: Choices): Promise<Map<string, string>> {
  const samples = new Samples(choices);
  const hashes = new Map<string, string>();
  for (const whole of configurationsOf(plan)) {
    const key = dataKey(whole);
    if (hashes.has(key)) continue;
    const { config, source } = taskOf(whole, dir, 1);
    using network = await createNetwork(config, choices);
    const { steps } = network.config.network;
    hashes.set(key, await samples.hash(source, steps));
    const example = await exampleOf(network, await samples.split(source, steps));
    if (example !== undefined) checkObjective(plan.objective, example);
  }
  return hashes;
}

/** The form of a result, by one sample; `undefined` where that fails, which is for the record of the run to say. */
async function exampleOf(network: Network, { validation, test }: Split): Promise<RunResult | undefined> {
  try {
    const metrics = await network.evaluate(test.slice(0, 1));
    const hasValidation = validation.length > 0;
    const epoch = { trainLoss: 0, validationLoss: hasValidation ? 0 : null, validationFirstSpike: hasValidation ? 0 : null };
    return {
      epochs: 1,
      bestEpoch: 1,
      validation: hasValidation ? metrics : null,
      test: metrics,
      history: [{ ...epoch, spikesPerSample: 0 }],
    };
  } catch (thrown) {
    if (thrown instanceof SpikeletError) return undefined;
    throw thrown;
  }
}
