import { encode } from "spikelet";
import type { Experiment, ExperimentData, Scale, Tuning } from "../experiment.js";
import { type Ground, quickTuning } from "./searched.js";
import { searchedWider, type WiderPair } from "./searched-wider.js";
import { dense } from "./shared.js";

/** The most telling first. */
const PAIRS: readonly WiderPair[] = [
  ["antlr", "latency"],
  ["activation", "countCrossEntropy"],
  ["activation", "membrane"],
  ["activation", "relaxedLatency"],
  ["activation", "count"],
  ["eventProp", "membrane"],
  ["antlr", "membrane"],
  ["antlr", "countCrossEntropy"],
  ["timing", "latency"],
];

/** A full pixel fires in every tenth step. */
const ENCODING = encode.rate({ max: 0.1 });
const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", encoding: ENCODING, train: 1000, validation: 500, test: 500 },
  full: { dataset: "mnist", encoding: ENCODING },
};

/** The best eighth of the trials learns for 4 epochs with three seeds. */
const TUNING: Tuning = {
  trials: 32,
  seed: 1,
  seeds: [101, 102, 103],
  halving: { epochs: [1, 4], keep: 1 / 8, seeds: [1, 3] },
  data: [{ ...DATA.full, train: 5000, validation: 5000 }],
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
    "itself, with the ranges of `verdict-wider` and 32 points on 5,000 images? 50,000 images, 6 epochs, three fresh seeds; 10,000 others choose the epoch.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Loss",
  tuning: (scale) => (scale === "quick" ? quickTuning(DATA.quick) : TUNING),
  variants: (scale) => PAIRS.map((pair) => searchedWider(pair, GROUND[scale], pair[1])),
  figures: [
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
