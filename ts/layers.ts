import type { Conv2d, Dense, LayerConfig, Pool2d } from "./generated/config.js";

/** Functions that make layers of a configuration, so that lists of them have the right type. */
export const layers = {
  /** Units that each see all units of the previous layer, and with `recurrent` also those of their own. */
  dense: (options: Dense) => ({ type: "dense", ...options }),
  /** A convolution. */
  conv2d: (options: Conv2d) => ({ type: "conv2d", ...options }),
  /** The mean of the spikes in each square. */
  avgPool2d: (options: Pool2d) => ({ type: "avgPool2d", ...options }),
  /** The spikes of the most active unit of each square. */
  maxPool2d: (options: Pool2d) => ({ type: "maxPool2d", ...options }),
  /** An image as a list of units. */
  flatten: () => ({ type: "flatten" }),
} as const satisfies { [Type in LayerConfig["type"]]: (options: never) => LayerConfig & { type: Type } };
