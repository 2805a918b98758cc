import type { Augmentation, Config, Encoding, LayerConfig } from "../generated/config.js";
import type { PresetName } from "../generated/presets.js";

/** A setting of a recommendation, and why it is as it is. */
export interface Reason {
  /** Path in the configuration, such as `network.layers`, or `encoding`. */
  setting: string;
  /** A sentence for people. */
  why: string;
}

/** A configuration to begin with, for some data. */
export interface Recommendation {
  /** For `createTrainer`. */
  config: Config;
  /** For `data.encode`: how the samples become spikes. */
  encoding: Encoding;
  /** Why, setting by setting. */
  reasons: readonly Reason[];
}

/** The part of a recommendation that follows from what a sample is. */
export interface Choice {
  /** Preset that everything else comes from. */
  preset: PresetName;
  encoding: Encoding;
  input: number | [number, number, number];
  steps: number;
  /** Updates after which little is gained, where they are not those of most networks. */
  updates?: number;
  /** Layers below the readout. */
  hidden: readonly LayerConfig[];
  augmentation?: Augmentation;
  reasons: readonly Reason[];
}

/** Units of a dense hidden layer. */
export const HIDDEN_UNITS = 128;
