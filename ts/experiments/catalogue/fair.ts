import type { LossConfig, TrainingConfig } from "../../generated/config.js";
import type { Arm, Experiment } from "../experiment.js";
import { digits, digitsConfig, RULES } from "./shared.js";

const LATENCY = { type: "latency", inverseTemperature: 0.3 } as const;
/** Reaches every rule: the count term the activation part, the softmax of times the timing part. */
const BOTH: LossConfig = { ...LATENCY, earlyStop: "off", targetCount: { scope: "all", weight: 3 } };
const NO_PUSH: TrainingConfig = { silentUnitUpdate: { rules: "off" } };
const PUSH: TrainingConfig = { silentUnitUpdate: { rules: "all" } };

interface Condition {
  loss: LossConfig;
  training: TrainingConfig;
}

/** What the rules have in common besides initial weights, network, data, batches and the decision. */
const COMMON: Record<string, Condition> = {
  latency: { loss: LATENCY, training: NO_PUSH },
  "latency, push": { loss: LATENCY, training: PUSH },
  "latency and count, push": { loss: BOTH, training: PUSH },
};

/** How each is used by itself: counts for the activation rule, the push for the timing rule. */
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
    "The initial weights of a seed, and with them the activity at the start, are the same for all arms, as are network, data, batches, learning " +
    'rate and no-spike penalty. "own": each as it is used by itself: the activation rule with the count loss and its decision, the timing ' +
    'rule with its push for silent units. Then the same loss for all: "latency" without a push, "latency, push" with the push for all, and "latency and count, ' +
    'push" with a loss that reaches both parts: the softmax of first spike times alone gives the activation rule nothing but the no-spike penalty.',
  data: digits,
  seeds: { quick: 2, full: 3 },
  choice: "firstSpike",
  axis: "Condition",
  arms: (scale) =>
    ["own", ...Object.keys(COMMON)].flatMap((at) =>
      Object.entries(RULES).map(([series, rule]): Arm => {
        const condition = COMMON[at] ?? OWN[series as keyof typeof RULES];
        const choice = condition.loss.type === "count" ? "count" : "firstSpike";
        return { series, at, choice, config: digitsConfig(scale, rule, condition) };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "spread", measure: "perUnit1", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
