import { type Config, encode, type RuleConfig } from "spikelet";
import { type CourseType, lossOf } from "./courses.js";
import type { RuleType } from "./rules.js";

/** What a visitor may change. */
export interface Settings extends Sliders {
  course: CourseType;
}

/** What has a slider. */
export interface Sliders {
  activationWeight: number;
  timingWeight: number;
  learningRate: number;
  steps: number;
  hidden: number;
  seed: number;
}

export const DEFAULTS: Sliders = { activationWeight: 1, timingWeight: 1, learningRate: 0.003, steps: 60, hidden: 100, seed: 1 };

export const OUTPUTS = 10;
/** Epochs of a race, and how many more a visitor may ask for at once. */
export const EPOCHS = 20;
export const BATCH = 16;
export const ENCODING = encode.latency({ first: 0, last: 20 });

/**
 * The configuration of a network of the race; only the rule differs. The loss of the first course has a part for each rule: first
 * spike times, which only a timing part sees, and two spikes of the right output and none of the others, which only an activation
 * part sees.
 */
export function configOf(rule: RuleType, settings: Settings): Config {
  const { course, hidden, learningRate, seed, steps } = settings;
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
    loss: lossOf(course, steps),
    optimizer: { type: "adam", learningRate },
    schedule: { type: "step", every: 10, factor: 0.1 },
    training: { batchSize: BATCH, epochs: EPOCHS, seed },
  };
}

function ruleOf(type: RuleType, { activationWeight, timingWeight }: Settings): RuleConfig {
  return type === "antlr" ? { type, activationWeight, timingWeight } : { type };
}
