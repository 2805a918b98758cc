import type { Config, NetworkConfig, Regularizers, TrainingConfig } from "./generated/config.js";

/** A configuration with every default filled in. */
export type ResolvedConfig = Required<Config> & {
  network: Required<NetworkConfig>;
  regularizers: Regularizers & Required<Pick<Regularizers, "spikePenalty">>;
  training: Required<TrainingConfig>;
};
