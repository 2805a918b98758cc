import { encode } from "spikelet";
import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { type Ground, halvedTuning, type Pair, quickTuning, searched } from "./searched.js";
import { dense } from "./shared.js";

/** The most telling first. */
const PAIRS: readonly Pair[] = [
  ["antlr", "latency"],
  ["activation", "count"],
  ["activation", "countCrossEntropy"],
  ["activation", "membrane"],
  ["mixture", "latency"],
  ["antlr", "membrane"],
  ["eventProp", "membrane"],
  ["timing", "latency"],
];

/** A full pixel fires in every tenth step. */
const ENCODING = encode.rate({ max: 0.1 });
const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", encoding: ENCODING, train: 1000, validation: 500, test: 500 },
  full: { dataset: "mnist", encoding: ENCODING },
};

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 784, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 784, steps: 100, hidden: dense(800), epochs: 6 },
};

export const verdictRates: Experiment = {
  name: "verdict-rates",
  title: "the rules on MNIST as rates, 784-800-10, each with a search",
  question:
    "Every pixel fires at random, the brighter the more often (at most 0.1 spikes a step). What do the rules and losses reach on all of MNIST, when each is searched by " +
    "itself, with the ranges of `verdict` and 16 points on 5,000 images? 50,000 images, 6 epochs, three fresh seeds; 10,000 others choose the epoch.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Loss",
  tuning: (scale) =>
    scale === "quick" ? quickTuning(DATA.quick) : halvedTuning(16, { ...DATA.full, train: 5000, validation: 5000 }),
  variants: (scale) => PAIRS.map((pair) => searched(pair, GROUND[scale])),
  figures: [
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
