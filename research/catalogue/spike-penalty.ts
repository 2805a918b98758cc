import type { Config, LossConfig, NeuronConfig, RuleConfig, TrainingConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { type Ground, HAS_PRICE, type SEARCHED_RULES, searchedConfig } from "./searched.js";
import { dense, UNCHOSEN } from "./shared.js";
import { TASKS, type Task } from "./tasks.js";
import { TUNED_DATA } from "./tuned.js";

/** What a search chose for a rule and a loss. */
interface Chosen {
  rule: keyof typeof SEARCHED_RULES;
  task: keyof typeof TASKS;
  /** Whether it is the first search of `verdict-wider`, instead of that of `verdict`. */
  isWider?: boolean;
  learningRate: number;
  sharpness?: number;
  slopeFloor?: number;
  loss?: Partial<LossConfig>;
  neuron?: NeuronConfig;
  strength?: number;
  gradientClip?: number;
  initialActivity?: TrainingConfig["initialActivity"];
}

const FEW = { learningRate: 0.000613457, sharpness: 5.36294 };
const WITH_STRENGTH = { learningRate: 0.0019749, strength: 100, loss: { inverseTemperature: 0.860263 } };
const READOUT = {
  task: "membrane",
  learningRate: 0.00244267,
  gradientClip: 0.01,
  initialActivity: { spikesPerUnit: 0.5 },
  loss: { inverseTemperature: 0.548458 },
} as const;

/** The most telling first. */
const CHOSEN: readonly Chosen[] = [
  { ...FEW, rule: "antlr", task: "latency", loss: { inverseTemperature: 0.17517 } },
  { ...FEW, rule: "activation", task: "count", loss: { positive: 1 } },
  {
    rule: "activation",
    task: "relaxedLatency",
    isWider: true,
    learningRate: 0.00192929,
    sharpness: 3.48447,
    loss: { inverseTemperature: 0.728549, horizon: 20 },
    neuron: { reset: "membrane", currentDecay: 0.99, membraneDecay: 0.98 },
  },
  {
    rule: "activation",
    task: "countCrossEntropy",
    isWider: true,
    learningRate: 0.00192929,
    sharpness: 8.71401,
    loss: { inverseTemperature: 1.67008 },
    neuron: { reset: "membrane", currentDecay: 0.99, membraneDecay: 0.98 },
  },
  {
    rule: "antlr",
    task: "latency",
    isWider: true,
    learningRate: 0.00132232,
    sharpness: 1.63482,
    slopeFloor: 0.1,
    loss: { inverseTemperature: 0.544605 },
    neuron: { reset: "membrane", currentDecay: 0.9, membraneDecay: 0.95 },
  },
  { ...READOUT, rule: "activation", sharpness: 1.47947 },
  { ...READOUT, rule: "antlr", sharpness: 1.47947 },
  { ...READOUT, rule: "eventProp" },
  { ...FEW, rule: "mixture", task: "latency", loss: { inverseTemperature: 0.17517 } },
  { ...WITH_STRENGTH, rule: "timing", task: "latency" },
  { ...WITH_STRENGTH, rule: "eventProp", task: "latency" },
];

const PENALTIES: Readonly<Record<Scale, readonly number[]>> = {
  quick: [0, 0.0003],
  full: [0, 0.00003, 0.0003, 0.001, 0.003, 0.01],
};

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 784, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 784, steps: 100, hidden: dense(800), epochs: 6 },
};

function config(scale: Scale, chosen: Chosen, spikePenalty: number): Config {
  const {
    rule,
    task,
    learningRate,
    sharpness,
    slopeFloor,
    loss,
    neuron,
    strength = 0,
    gradientClip = 1,
    initialActivity,
  } = chosen;
  const plain = searchedConfig([rule, task], GROUND[scale]);
  const surrogate = sharpness === undefined ? {} : { surrogate: { type: "exponential", sharpness } };
  return {
    ...plain,
    network: { ...plain.network, ...(neuron && { neuron }) },
    rule: { ...plain.rule, ...surrogate, ...(slopeFloor && { slopeFloor }) } as RuleConfig,
    loss: { ...plain.loss, ...loss } as LossConfig,
    regularizers: { spikePenalty },
    optimizer: { type: "adam", learningRate },
    training: {
      ...plain.training,
      gradientClip,
      silentUnitUpdate: { rules: "all", strength },
      ...(initialActivity && { initialActivity }),
    },
  };
}

export const spikePenalty: Experiment = {
  name: "spike-penalty",
  title: "what do spikes cost in accuracy, by rule and loss?",
  question:
    "Each hidden spike adds to the loss. How far do the spikes of each rule and loss fall, with the settings that the search of `verdict` or of `verdict-wider` chose for " +
    "it, before the accuracy does? Timing and `eventProp` have no part through which a price would act. Losses have different sizes, so read accuracy against spikes, not against the penalty.",
  data: (scale) => TUNED_DATA[scale],
  seeds: { quick: 1, full: 5 },
  bestBy: "firstSpike",
  // A readout has no first spikes.
  objective: UNCHOSEN,
  axis: "Penalty of a spike",
  variants: (scale) =>
    CHOSEN.flatMap((chosen) =>
      (HAS_PRICE.has(chosen.rule) ? PENALTIES[scale] : [0]).map((at): Variant => {
        const { bestBy }: Task = TASKS[chosen.task];
        const series = `${chosen.rule}, ${chosen.task}${chosen.isWider ? ", wider" : ""}`;
        return { series, at, bestBy, config: config(scale, chosen, at) };
      }),
    ),
  figures: [
    { type: "scatter", x: "spikes", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "lines", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
