import type { LayerConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { dense, digits, digitsConfig, RULES } from "./shared.js";

const STRUCTURES: Record<Scale, Record<string, LayerConfig[]>> = {
  quick: { "60": dense(60, 10), "60-60": dense(60, 60, 10), conv4k5: convolutional(4) },
  full: {
    "50": dense(50, 10),
    "200": dense(200, 10),
    "800": dense(800, 10),
    "200-200": dense(200, 200, 10),
    "200-200-200": dense(200, 200, 200, 10),
    conv8k5: convolutional(8),
  },
};

export const structure: Experiment = {
  name: "structure",
  title: "what do width, depth and convolutions do to accuracy and spikes?",
  question:
    "The hidden part of the network changes (units of dense layers; or channels and kernel of a convolution with 2 × 2 average pooling behind it), all " +
    "else stays. Does the structure decide how many spikes an answer needs, and do the rules differ in that?",
  data: digits,
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Hidden layers",
  variants: (scale) =>
    (["activation", "timing", "antlr"] as const).flatMap((series) =>
      Object.entries(STRUCTURES[scale]).map(([at, layers]): Variant => {
        const base = digitsConfig(scale, RULES[series]);
        return {
          series,
          at,
          config: { ...base, network: { ...base.network, input: layers[0]?.type === "dense" ? 784 : [1, 28, 28], layers } },
        };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "spread", measure: "spikesUntilDecision", title: "Spikes up to the decision" },
    { type: "scatter", x: "synapticOperations", y: "firstSpike", title: "Accuracy against synaptic operations" },
  ],
};

function convolutional(channels: number): LayerConfig[] {
  return [{ type: "conv2d", channels, kernel: 5 }, { type: "avgPool2d", window: 2 }, { type: "flatten" }, ...dense(10)];
}
