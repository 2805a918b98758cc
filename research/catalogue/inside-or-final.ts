import type { Experiment, Scale, Variant } from "../experiment.js";
import { dense, digits, digitsConfig, RULES } from "./shared.js";

const DEPTHS: Record<Scale, readonly number[]> = { quick: [1, 2], full: [1, 2, 3] };

export const insideOrFinal: Experiment = {
  name: "inside-or-final",
  title: "is adding the two gradients inside the backward pass better than adding the final ones?",
  question:
    "ANTLR adds the activation and the timing part at every layer on the way back; the mixture runs each rule alone and adds what " +
    "comes out. They are the same for an output layer without hidden layers, and differ the more the deeper the network is.",
  data: digits,
  seeds: { quick: 2, full: 3 },
  bestBy: "firstSpike",
  axis: "Hidden layers",
  variants: (scale) =>
    (["antlr", "mixture"] as const).flatMap((series) =>
      DEPTHS[scale].map((depth): Variant => {
        const base = digitsConfig(scale, RULES[series]);
        const hidden = new Array<number>(depth).fill(scale === "quick" ? 60 : 100);
        return { series, at: depth, config: { ...base, network: { ...base.network, layers: dense(...hidden, 10) } } };
      }),
    ),
  figures: [
    { type: "lines", measure: "firstSpike", title: "Accuracy by depth" },
    { type: "lines", measure: "spikesUntilDecision", title: "Spikes up to the decision by depth" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
