import type { Split } from "../../datasets/dataset.js";
import { SpikeletError } from "../../errors.js";
import { valueAt } from "../../json.js";
import { type CreateOptions, createNetwork, type Network } from "../../network.js";
import type { Plan } from "../plan/plan.js";
import type { RunResult } from "../store/record.js";
import { checkObjective } from "./objective.js";
import { configurationsOf, dataKey } from "./runs.js";
import type { Samples } from "./samples.js";
import { taskOf } from "./train.js";

/**
 * Hashes the samples of every run, by {@link dataKey}. For each kind of run a network is made and evaluates one sample, so that a
 * mistake in the plan is one error here, and not a thousand failed runs.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `DATA_FORMAT` for data that can't be read.
 */
export async function dataHashes(plan: Plan, samples: Samples, create: CreateOptions): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const examples = new Map<string, RunResult | undefined>();
  for (const whole of configurationsOf(plan)) {
    const key = dataKey(whole);
    // What a result has follows from the loss, and from what its data have.
    const kind = `${key} ${valueAt(whole, "loss.type")}`;
    if (examples.has(kind)) continue;
    const { config, data } = taskOf(whole, 1);
    using network = await createNetwork(config, create);
    const { steps } = network.config.network;
    if (!hashes.has(key)) hashes.set(key, await samples.hash(data, steps));
    examples.set(kind, await exampleOf(network, await samples.split(data, steps)));
  }
  checkObjective(
    plan.objective,
    [...examples.values()].filter((example) => example !== undefined),
  );
  return hashes;
}

/** A result in the form that the runs will have, by one sample; `undefined` where that fails: the record of the run then says why. */
async function exampleOf(network: Network, { train, validation, test }: Split): Promise<RunResult | undefined> {
  try {
    const metrics = await network.evaluate(test.slice(0, 1));
    const validated = validation.length > 0 ? { validationLoss: 0, validationFirstSpike: 0 } : NOT_VALIDATED;
    return {
      epochs: 1,
      bestEpoch: 1,
      data: { name: "", encoding: null, train: train.length, validation: validation.length, test: test.length },
      validation: validation.length > 0 ? metrics : null,
      test: metrics,
      history: [{ trainLoss: 0, trainFirstSpike: 0, ...validated, spikesPerSample: 0 }],
    };
  } catch (thrown) {
    if (thrown instanceof SpikeletError) return undefined;
    throw thrown;
  }
}

const NOT_VALIDATED = { validationLoss: null, validationFirstSpike: null } as const;
