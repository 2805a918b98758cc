import type { Config, LatencyLoss, LossConfig, Regularizers, ResetPaths, RuleConfig, Surrogate, TrainingConfig } from "spikelet";
import type { ExperimentData, Scale } from "../experiment.js";
import { dense } from "./shared.js";

/** Part of MNIST for comparisons around the settings that the searches of `verdict` chose. */
export const TUNED_DATA: Readonly<Record<Scale, readonly ExperimentData[]>> = {
  quick: [{ dataset: "digits", train: 1500, validation: 500, test: 500 }],
  full: [{ dataset: "mnist", train: 20_000 }, { dataset: "digits" }],
};

/** What differs from the chosen settings. */
interface Change {
  loss?: Partial<LatencyLoss>;
  regularizers?: Regularizers;
  resetPath?: ResetPaths;
  surrogate?: Surrogate;
  training?: Partial<TrainingConfig>;
}

/** A rule with the loss that `verdict` gives it first: activation with counts, the others with latencies. */
export type TunedRule = "antlr" | "activation" | "timing";

/** What the search chose for a rule. */
interface Chosen {
  loss: LossConfig;
  learningRate: number;
  sharpness?: number;
  /** Strength of the silent-unit update; off unless given. */
  silentUnitUpdate?: number;
}

const LATENCY = { type: "latency", endSimulation: "off" } as const;
const CHOSEN: Readonly<Record<TunedRule, Chosen>> = {
  antlr: { loss: { ...LATENCY, inverseTemperature: 0.17517 }, learningRate: 0.000613457, sharpness: 5.36294 },
  activation: { loss: { type: "count", positive: 1 }, learningRate: 0.000613457, sharpness: 5.36294 },
  timing: { loss: { ...LATENCY, inverseTemperature: 0.860263 }, learningRate: 0.0019749, silentUnitUpdate: 100 },
};

/** Rule and loss as the search of `verdict` chose them. */
export function tuned(
  scale: Scale,
  rule: TunedRule,
  { loss, regularizers, resetPath, surrogate, training }: Change = {},
): Config {
  const isQuick = scale === "quick";
  const { loss: chosen, learningRate, sharpness, silentUnitUpdate } = CHOSEN[rule];
  return {
    network: { input: 784, steps: 100, layers: dense(isQuick ? 100 : 800, 10) },
    rule: {
      type: rule,
      ...(sharpness ? { surrogate: surrogate ?? { type: "exponential", sharpness } } : {}),
      // Only the variant rnn knows a reset path of the activation part.
      ...(resetPath ? { variant: "rnn", resetPath } : {}),
    } as RuleConfig,
    loss: { ...chosen, ...loss } as LossConfig,
    ...(regularizers ? { regularizers } : {}),
    optimizer: { type: "adam", learningRate },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: {
      batchSize: 32,
      epochs: isQuick ? 3 : 6,
      silentUnitUpdate: silentUnitUpdate ? { rules: "all", strength: silentUnitUpdate } : { rules: "off" },
      ...training,
    },
  };
}
