import { record } from "../check/fields.js";
import type { Randman } from "../generated/config.js";
import { DEFAULTS } from "../generated/defaults.js";
import type { BackendChoice } from "../runtime/backend.js";
import type { SpikeDataset } from "./dataset.js";
import { generate } from "./generate.js";

/**
 * Points on smooth random manifolds as spike times, one manifold per class (Zenke, Vogels 2021). Every unit fires equally often
 * in every sample, so that only the times tell the classes apart.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option.
 */
export async function randman(options: Randman & { backend?: BackendChoice } = {}): Promise<SpikeDataset> {
  record(options, "options");
  const { backend, ...rest } = options;
  const { units = DEFAULTS.randman.units, steps = DEFAULTS.randman.steps } = rest;
  const info = { name: "randman", shape: [units], steps };
  return generate("randman", rest, info, backend);
}
