import type { PerUnit } from "./generated/config.js";

/** Size of a spiking layer. */
export interface LayerInfo {
  /**
   * Number of weights of a unit: the units of the previous layer plus, in a recurrent layer, those of the layer itself; in a
   * convolution channels × kernel × kernel.
   */
  inputs: number;
  units: number;
  /** Number of units with weights of their own: all units, or the channels of a convolution. */
  filters: number;
  /** Whether the layer is recurrent. */
  recurrent?: boolean;
  /** Size of a convolution's output. */
  image?: { channels: number; height: number; width: number };
  /** Side of the square that a convolution's unit sees. */
  kernel?: number;
}

/**
 * Gains of the input drive, from current to membrane, and of the bias (spec 1.2); lists have one number for each unit or channel.
 */
export interface Gains {
  current: PerUnit;
  membrane: PerUnit;
  bias: PerUnit;
}

/** State and structure of a network. */
export interface NetworkInfo {
  /** SIMD level in use. */
  simd: string;
  threads: number;
  /** Gains of `network.neuron`, given or computed by `gain: "auto"`. */
  gains: Gains;
  /** Gains of each spiking layer, from the input up; they differ if a layer has a neuron of its own. */
  layerGains: Gains[];
  /** The spiking layers, from the input up. */
  layers: LayerInfo[];
  version: string;
  /** Whether training has completed its last epoch. */
  finished: boolean;
  /** Number of finished epochs. */
  epoch: number;
  /** Number of updates. */
  step: number;
  /** The best epoch so far on the validation data, counted from 1; `null` without such data. */
  bestEpoch: number | null;
  /** The `origin` in the checkpoint from which the network was restored, or `null`. */
  origin: string | null;
}
