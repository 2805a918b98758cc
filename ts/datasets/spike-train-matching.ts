import { record } from "../check/fields.js";
import type { SpikeTrainMatching } from "../generated/config.js";
import { DEFAULTS } from "../generated/defaults.js";
import type { BackendChoice } from "../runtime/backend.js";
import type { SpikeDataset } from "./dataset.js";
import { generate } from "./generate.js";

/**
 * Random input trains, each with random trains that the outputs should fire: the first experiment of the ANTLR paper, whose
 * sizes are not published. Fits the loss `spikeTrain`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option.
 */
export async function spikeTrainMatching(options: SpikeTrainMatching & { backend?: BackendChoice } = {}): Promise<SpikeDataset> {
  record(options, "options");
  const { backend, ...rest } = options;
  const { inputs = DEFAULTS.spikeTrainMatching.inputs, steps = DEFAULTS.spikeTrainMatching.steps } = rest;
  const info = { name: "spikeTrainMatching", shape: [inputs], steps };
  return generate("spikeTrainMatching", rest, info, backend);
}
