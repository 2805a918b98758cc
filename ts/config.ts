import type { Config, NetworkConfig, TrainingConfig } from "./generated/config.js";

/** A configuration with every default filled in. */
export type ResolvedConfig = Required<Config> & {
  network: Required<NetworkConfig>;
  training: Required<TrainingConfig>;
};
