import type { LayerConfig } from "spikelet";
import type { JsonObject } from "spikelet/study";
import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";
import { quickTuning } from "./searched.js";
import { dense } from "./shared.js";
import { type TunedRule, tuned } from "./tuned.js";

/** Hidden layers by name. */
const STRUCTURES: Readonly<Record<Scale, Readonly<Record<string, readonly LayerConfig[]>>>> = {
  quick: { "60": dense(60), "60-60": dense(60, 60), "conv4k5-conv4k5": convolutions(4, 4) },
  full: {
    "200": dense(200),
    "800": dense(800),
    "200-200": dense(200, 200),
    "conv8k5-conv16k5": convolutions(8, 16),
    "2000-2000": dense(2000, 2000),
  },
};

const RULES: readonly TunedRule[] = ["antlr", "activation", "timing"];

const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", train: 1000, validation: 500, test: 500 },
  full: { dataset: "mnist" },
};

/** Each followed by the mean of squares of 2 × 2. */
function convolutions(...channels: number[]): LayerConfig[] {
  return [
    ...channels.flatMap((count): LayerConfig[] => [
      { type: "conv2d", channels: count, kernel: 5 },
      { type: "avgPool2d", window: 2 },
    ]),
    { type: "flatten" },
  ];
}

const TUNING: Tuning = {
  trials: 8,
  seed: 1,
  seeds: [101, 102, 103],
  halving: { epochs: [1, 4], keep: 3 / 8, seeds: [1, 3] },
  data: [{ ...DATA.full, train: 5000, validation: 5000 }],
};

const SEARCH: JsonObject = {
  "optimizer.learningRate": { from: 0.0001, to: 0.003, scale: "log" },
  "training.initialActivity": [null, { spikesPerUnit: 0.5 }],
};

/** A rule as the search on MNIST chose it, on another network. */
function variant(scale: Scale, rule: TunedRule, at: string, hidden: readonly LayerConfig[]): Variant {
  const input: number | [number, number, number] = hidden[0]?.type === "dense" ? 784 : [1, 28, 28];
  return {
    series: rule,
    at,
    bestBy: rule === "activation" ? "count" : "firstSpike",
    config: {
      ...tuned(scale, rule, { training: { epochs: 3 } }),
      network: { input, steps: 100, layers: [...hidden, { type: "dense", units: 10 }] },
    },
    search: SEARCH,
  };
}

export const verdictStructure: Experiment = {
  name: "verdict-structure",
  title: "width, depth and convolutions, each with a learning rate of its own",
  question:
    "What does the structure of the network do, when each rule has the settings that `verdict` chose for it, and learning rate and activity at the start are " +
    "searched for each structure: 8 trials of 1 epoch on 5,000 images, of which the best 3 learn for 4 with three seeds? All of MNIST, 3 epochs, three fresh seeds.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Hidden layers",
  tuning: (scale) => (scale === "quick" ? quickTuning(DATA.quick) : TUNING),
  variants: (scale) =>
    Object.entries(STRUCTURES[scale]).flatMap(([at, hidden]) => RULES.map((rule) => variant(scale, rule, at, hidden))),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "spikesUntilDecision", title: "Spikes up to the decision" },
    { type: "scatter", x: "synapticOperations", y: "firstSpike", title: "Accuracy by first spike against synaptic operations" },
  ],
};
