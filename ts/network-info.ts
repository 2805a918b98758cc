import type { Encoding, PerUnit } from "./generated/config.js";

/** How a backward pass of the rule takes a layer. It follows from the configuration alone. */
export interface LayerPlan {
  /**
   * How the gradients of the layer's spikes reach it: from the `loss`; from the next layer by a `product` of all weights and adjoints at
   * every step, by `rows` of the weights from units with a direct gradient, or `carried` along from what the output injects;
   * `broadcast` from the output (e-prop); `none` where nothing reads them. `rows` and `carried` become a product in samples in which that is cheaper or, with `rows`, in which
   * activity terms give every step a gradient.
   */
  errors: "loss" | "product" | "rows" | "carried" | "broadcast" | "none";
  /**
   * How the gradients of its spike times reach it: from the `loss`, or from the next layer by one row of the weights for each spike:
   * `listed` tile by tile, or as `rows` afterwards; `none` where nothing reads them.
   */
  times: "loss" | "listed" | "rows" | "none";
  /**
   * How errors travel between the units of a recurrent layer: by `rows` from the few units that need one, by a `product` of all recurrent
   * weights at every step, or by `rowsOfAll` units at every step.
   */
  within?: "rows" | "product" | "rowsOfAll";
  /** Terms of what the pass over the layer costs, without the weight gradient, which costs `weights × spikes`. */
  cost: string[];
  /** What would lower it: all that a cheaper route to the layer needs, then all that one within the layer does. */
  cheaper?: string[];
}

/** Size of a spiking layer. */
export interface LayerSize {
  /**
   * Number of weights of a unit: the units of the previous layer plus, in a recurrent layer, those of the layer itself; in a
   * convolution the channels of a group of the previous layer times the taps of the kernel.
   */
  inputs: number;
  units: number;
  /** Number of units with weights of their own: all units, or the channels of a convolution. */
  filters: number;
  /** Whether the layer is recurrent. */
  recurrent?: boolean;
  /** Size of a convolution's output; the height is 1 over sequences. */
  image?: { channels: number; height: number; width: number };
  /** Size of a convolution's kernel: `[height, width]`, or `[length]` over sequences. */
  kernel?: number[];
}

/** Size of a further input of a layer. */
export interface InputSize {
  /** Number of weights of a unit: the units of the sources, of a convolution the channels of a group times the taps; 1 one-to-one. */
  inputs: number;
  /** Number of units with weights of their own: all units, or the channels of a convolution. */
  filters: number;
  /** Size of a convolution's kernel: `[height, width]`, or `[length]` over sequences. */
  kernel?: number[];
}

/** Size of a spiking layer, and how the rule takes it. */
export interface LayerInfo extends LayerSize {
  /**
   * Further inputs, if it has any: in a graph that of a recurrent layer's own spikes first, then those of the configuration.
   */
  further?: InputSize[];
  /** How each backward pass of the rule takes the layer; `mixture` has two passes. */
  plan: LayerPlan[];
}

/**
 * Gains of the input drive, from current to membrane, and of the bias (spec 1.2); lists have one number for each unit or channel.
 */
export interface Gains {
  current: PerUnit;
  membrane: PerUnit;
  bias: PerUnit;
}

/** Facts about the data of the last run, which checkpoints keep. */
export interface TrainedOn {
  inputs: "events" | "images" | "series";
  /** Shape of a sample that is spikes or an image, where it has one. */
  shape?: number[];
  /** Channels of a signal. */
  channels?: number;
  /** Sample rate of a signal in points per second, where it is known. */
  sampleRate?: number;
  /** Lowest and highest number of each value, which became 0 and 1, where values were scaled. */
  ranges?: [lowest: number, highest: number][];
  /** How images or signals became spikes. */
  encoding?: Encoding;
  /** Names of the classes, by output. */
  classes?: string[];
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
  /** What the network was trained on, also before the checkpoint from which it was restored; `null` without a run. */
  trainedOn: TrainedOn | null;
}
