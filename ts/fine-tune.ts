import { type FieldChecks, fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { bytes, whole } from "./check/values.js";
import type { ResolvedConfig } from "./config.js";
import { SpikeletError } from "./errors.js";
import type { Config } from "./generated/config.js";
import { type CreateOptions, createOptions, type Network, restoreNetwork } from "./network.js";
import { createTrainer, type Trainer } from "./trainer.js";

/** What differs from the training that a checkpoint comes from. */
export interface FineTuneOptions extends CreateOptions {
  /** Units of the new last layer, one for each class; as many as before by default. */
  outputs?: number;
  /**
   * Fields of the configuration that override those of the checkpoint, section by section. A section of another `type` replaces
   * the old one.
   */
  config?: Partial<Omit<Config, "network">>;
}

const { outputs, config }: FieldChecks<Pick<FineTuneOptions, "outputs" | "config">> = {
  outputs: whole(1),
  config: (value, path) => {
    const changes = record(value, path);
    if (changes["network"] === undefined) return changes;
    throw new SpikeletError("CONFIG_INVALID", `${path}.network`, "must be that of the checkpoint: leave it out");
  },
};

const fineTuneOptions = fields<FineTuneOptions>({ ...createOptions, outputs, config });

/**
 * Creates a trainer for the network of a checkpoint with a new last layer, whose weights are drawn from the seed; all other
 * weights are kept. It starts a new training, with the configuration of the checkpoint as overridden by `config`.
 * `training.frozen` leaves layers unchanged.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `CONFIG_INVALID` with the
 * path of the field.
 */
export async function fineTune(checkpoint: Uint8Array, options: FineTuneOptions = {}): Promise<Trainer> {
  const { outputs, config = {}, ...create } = fineTuneOptions(options, "");
  const network = await restoreNetwork(bytes(checkpoint, "checkpoint"), create);
  try {
    const trainer = await createTrainer(merged(withOutputs(network.config, outputs), config), create);
    return await keepLayers(network, trainer);
  } finally {
    network.dispose();
  }
}

/**
 * @internal The configuration of a network with another number of outputs.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` where the last layer is not dense.
 */
export function withOutputs({ network, ...rest }: ResolvedConfig, outputs: number | undefined): Config {
  const last = network.layers.at(-1);
  if (last?.type !== "dense") throw new SpikeletError("CONFIG_INVALID", "network.layers", "must end with a dense layer");
  const layers = [...network.layers.slice(0, -1), { ...last, units: outputs ?? last.units }];
  return { ...rest, network: { ...network, layers } };
}

/** @internal Gives a trainer the weights of a network but for the last layer; disposes the trainer where they do not fit. */
export async function keepLayers(from: Network, to: Trainer): Promise<Trainer> {
  try {
    const kept = (await from.parameters()).slice(0, -1);
    for (const [layer, parameters] of kept.entries()) await to.setParameters(layer, parameters);
    return to;
  } catch (thrown) {
    to.dispose();
    throw thrown;
  }
}

function merged(base: Config, changes: Partial<Omit<Config, "network">>): Config {
  const given = JSON.parse(jsonOf(record(changes, "config"), "config")) as Record<string, unknown>;
  const sections = Object.entries(given).map(([name, value]) => {
    const section = record(value, `config.${name}`);
    const before = (base as unknown as Record<string, Record<string, unknown> | undefined>)[name];
    const isOther = section["type"] !== undefined && section["type"] !== before?.["type"];
    return [name, isOther ? section : { ...before, ...section }] as const;
  });
  return { ...base, ...Object.fromEntries(sections) };
}
