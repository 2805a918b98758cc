import type { LossConfig, TrainingConfig } from "spikelet";
import type { Experiment, Variant } from "../experiment.js";
import { digits, digitsConfig, RULES } from "./shared.js";

const LATENCY = { type: "latency", inverseTemperature: 0.3 } as const;
/** Reaches every rule: the count term the activation part, the softmax of times the timing part. */
const BOTH: LossConfig = { ...LATENCY, endSimulation: "off", targetCount: { scope: "all", weight: 3 } };
const NO_UPDATE: TrainingConfig = { silentUnitUpdate: { rules: "off" } };
const UPDATE_ALL: TrainingConfig = { silentUnitUpdate: { rules: "all" } };

interface Condition {
  loss: LossConfig;
  training: TrainingConfig;
}

/** What the rules have in common besides initial weights, network, data, batches and the decision. */
const COMMON: Record<string, Condition> = {
  latency: { loss: LATENCY, training: NO_UPDATE },
  "latency, updated": { loss: LATENCY, training: UPDATE_ALL },
  "latency and count, updated": { loss: BOTH, training: UPDATE_ALL },
};

/** How each is used by itself: counts for the activation rule, the silent-unit update for the timing rule. */
const OWN: Record<keyof typeof RULES, Condition> = {
  activation: { loss: { type: "count", positive: 2 }, training: {} },
  timing: { loss: LATENCY, training: {} },
  antlr: { loss: LATENCY, training: {} },
  mixture: { loss: LATENCY, training: {} },
};

export const fair: Experiment = {
  name: "fair",
  title: "the four rules under equal conditions",
  question:
    "The initial weights of a seed, and with them the activity at the start, are the same for all variants, as are network, data, batches, learning " +
    'rate and silent-target penalty. "own": each as it is used by itself: the activation rule with the count loss and its decision, the timing ' +
    'rule with its silent-unit update. Then the same loss for all: "latency" without the silent-unit update, "latency, updated" with it for all, and ' +
    '"latency and count, updated" with a loss that reaches both parts: the softmax of first spike times alone gives the activation rule nothing but the silent-target penalty.',
  data: digits,
  seeds: { quick: 2, full: 3 },
  bestBy: "firstSpike",
  axis: "Condition",
  variants: (scale) =>
    ["own", ...Object.keys(COMMON)].flatMap((at) =>
      Object.entries(RULES).map(([series, rule]): Variant => {
        const condition = COMMON[at] ?? OWN[series as keyof typeof RULES];
        const bestBy = condition.loss.type === "count" ? "count" : "firstSpike";
        return { series, at, bestBy, config: digitsConfig(scale, rule, condition) };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
