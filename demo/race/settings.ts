import { type Config, encode, type RuleConfig } from "spikelet";
import type { RuleType } from "./rules.js";

/** What a visitor may change. */
export interface Settings {
  activationWeight: number;
  timingWeight: number;
  learningRate: number;
  steps: number;
  hidden: number;
  seed: number;
}

export const DEFAULTS: Settings = { activationWeight: 1, timingWeight: 1, learningRate: 0.003, steps: 60, hidden: 100, seed: 1 };

export const OUTPUTS = 10;
export const EPOCHS = 20;
export const BATCH = 16;
export const ENCODING = encode.latency({ first: 0, last: 20 });

/**
 * The configuration of a network of the race; only the rule differs. The loss has a part for each rule: first spike times, which
 * only a timing part sees, and two spikes of the right output and none of the others, which only an activation part sees.
 */
export function configOf(rule: RuleType, settings: Settings): Config {
  const { hidden, learningRate, seed, steps } = settings;
  return {
    network: {
      input: 28 * 28,
      steps,
      layers: [
        { type: "dense", units: hidden },
        { type: "dense", units: OUTPUTS },
      ],
    },
    rule: ruleOf(rule, settings),
    loss: {
      type: "latency",
      inverseTemperature: 0.25,
      endSimulation: "off",
      targetCount: { scope: "all", positive: 2, negative: 0 },
    },
    optimizer: { type: "adam", learningRate },
    schedule: { type: "step", every: 10, factor: 0.1 },
    training: { batchSize: BATCH, epochs: EPOCHS, seed },
  };
}

function ruleOf(type: RuleType, { activationWeight, timingWeight }: Settings): RuleConfig {
  return type === "antlr" ? { type, activationWeight, timingWeight } : { type };
}
