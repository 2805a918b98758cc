import { createNetwork } from "../../network.js";
import { dataKey } from "../../sweep/identity.js";
import type { Plan } from "../../sweep/plan.js";
import { configurationsOf } from "../../sweep/runs.js";
import type { Choices } from "../invocation.js";
import { taskOf } from "./configuration.js";
import { Samples } from "./samples.js";

/**
 * Hashes the samples of every run by their keys. A configuration of each is made, so that a plan with a mistake in it ends here and
 * not as a thousand failures.
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
    hashes.set(key, await samples.hash(source, network.config.network.steps));
  }
  return hashes;
}
