import type { LayerConfig } from "../../generated/config.js";
import type { Experiment, ExperimentData, Scale, Tuning } from "../plan/experiment.js";
import { type Pair, quickTuning, searched } from "./searched.js";
import { dense } from "./shared.js";

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

const RULES: readonly Pair[] = [
  ["antlr", "latency"],
  ["activation", "count"],
  ["timing", "latency"],
];

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
  trials: 12,
  seed: 1,
  seeds: [101],
  halving: { epochs: [1, 4], keep: 1 / 3 },
  data: [{ ...DATA.full, train: 5000, validation: 5000 }],
};

export const verdictStructure: Experiment = {
  name: "verdict-structure",
  title: "width, depth and convolutions, each with settings of its own",
  question:
    "What does the structure of the network do, when rate and the other settings are searched for each structure and rule as in `verdict`, with 12 trials of 1 epoch on " +
    "5,000 images, of which the best 4 learn for 4? All of MNIST, 3 epochs, three seeds.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Hidden layers",
  tuning: (scale) => (scale === "quick" ? quickTuning(DATA.quick) : TUNING),
  variants: (scale) =>
    Object.entries(STRUCTURES[scale]).flatMap(([at, hidden]) =>
      RULES.map((pair) => {
        const input: number | [number, number, number] = hidden[0]?.type === "dense" ? 784 : [1, 28, 28];
        return searched(pair, { input, steps: 100, hidden, epochs: 3 }, at);
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "spikesUntilDecision", title: "Spikes up to the decision" },
    { type: "scatter", x: "synapticOperations", y: "firstSpike", title: "Accuracy by first spike against synaptic operations" },
  ],
};
