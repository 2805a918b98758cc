import type { Convolution, Dense, LayerConfig, OneToOne, Pool, Unadjustable } from "./generated/config.js";

/** Functions that make layers of a configuration, so that lists of them have the right type. */
export const layers = {
  /** Units that each see all units of the previous layer, and with `recurrent` also those of their own. */
  dense: (options: Dense) => ({ type: "dense", ...options }),
  /** A convolution of an image. */
  conv2d: (options: Convolution) => ({ type: "conv2d", ...options }),
  /** A convolution of a sequence. */
  conv1d: (options: Convolution) => ({ type: "conv1d", ...options }),
  /** Units that each see the unit of the sources at their own place. */
  oneToOne: (options: OneToOne = {}) => ({ type: "oneToOne", ...options }),
  /** The mean of the spikes in each window of an image. */
  avgPool2d: (options: Pool) => ({ type: "avgPool2d", ...options }),
  /** The spikes of the most active unit of each window of an image. */
  maxPool2d: (options: Pool) => ({ type: "maxPool2d", ...options }),
  /** The mean of the spikes in each window of a sequence. */
  avgPool1d: (options: Pool) => ({ type: "avgPool1d", ...options }),
  /** The spikes of the most active unit of each window of a sequence. */
  maxPool1d: (options: Pool) => ({ type: "maxPool1d", ...options }),
  /** The mean of the spikes of each channel. */
  globalAvgPool: (options: Unadjustable = {}) => ({ type: "globalAvgPool", ...options }),
  /** An image or a sequence as a list of units. */
  flatten: (options: Unadjustable = {}) => ({ type: "flatten", ...options }),
} as const satisfies { [Type in LayerConfig["type"]]: (options: never) => LayerConfig & { type: Type } };
