import type { Experiment, Scale, Variant } from "../experiment.js";
import { digits, digitsConfig } from "./shared.js";

const SHARES: Record<Scale, readonly number[]> = { quick: [0, 0.5, 1], full: [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1] };

export const balance: Experiment = {
  name: "balance",
  title: "how should the two gradients be weighted?",
  question:
    "λ_act + λ_tim = 2; the share of the timing part goes from 0 (the activation rule) over 0.5 (ANTLR's defaults) to 1 (the timing rule " +
    "without a silent-unit update). Is the equal weighting the best, and is it the same inside the pass and for the final gradients?",
  data: digits,
  seeds: { quick: 2, full: 3 },
  bestBy: "firstSpike",
  axis: "Share of the timing part",
  variants: (scale) =>
    (["antlr", "mixture"] as const).flatMap((type) =>
      SHARES[scale].map(
        (share): Variant => ({
          series: type,
          at: share,
          config: digitsConfig(scale, { type, activationWeight: weight(1 - share), timingWeight: weight(share) }),
        }),
      ),
    ),
  figures: [
    { type: "lines", measure: "firstSpike", title: "Accuracy by share" },
    { type: "lines", measure: "perUnit0", title: "Hidden spikes by share" },
    { type: "lines", measure: "decisionMean", title: "Decision by share" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};

/** 2 · share without the noise of binary fractions. */
function weight(share: number): number {
  return Number((2 * share).toFixed(6));
}
