import type { LossConfig } from "spikelet";
import type { BestBy } from "spikelet/study";
import type { Experiment, ExperimentData, Scale, Variant } from "../experiment.js";
import { type Ground, halvedTuning, PAIRS, type Pair, quickTuning, SEARCHED_RULES, searched } from "./searched.js";
import { dense } from "./shared.js";

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 784, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 784, steps: 100, hidden: dense(800), epochs: 15 },
};

/** What the authors' code does with each of its rules; not searched. */
const AUTHORS: readonly { series: Pair[0]; loss: LossConfig; bestBy: BestBy }[] = [
  { series: "antlr", loss: { type: "latency", endSimulation: "batch" }, bestBy: "firstSpike" },
  { series: "activation", loss: { type: "count" }, bestBy: "count" },
  { series: "timing", loss: { type: "latency", endSimulation: "batch" }, bestBy: "firstSpike" },
];

function authors(scale: Scale): Variant[] {
  const isQuick = scale === "quick";
  return AUTHORS.map(({ series, loss, bestBy }) => ({
    series,
    at: "as the authors",
    bestBy,
    config: {
      network: { input: 784, steps: isQuick ? 100 : 300, layers: dense(isQuick ? 100 : 800, 10) },
      rule: SEARCHED_RULES[series],
      loss,
      optimizer: { type: "adam", learningRate: 0.001 },
      schedule: { type: "step", every: 10, factor: 0.1 },
      training: { batchSize: 16, epochs: isQuick ? 3 : 20 },
    },
  }));
}

const QUICK: ExperimentData = { dataset: "digits", train: 1000, validation: 500, test: 500 };

const QUESTION =
  "Each rule with losses that it sees, none with settings of another: learning rate, inverse temperature or target count, silent-unit update, clipping, start and " +
  "width of the surrogate are searched for every variant with the same 32 trials by successive halving, on 20,000 images with seeds 101 to 103, ranked by 5,000 validation " +
  "images; the test images are not seen. The best settings then learn 50,000 images with fresh seeds; 10,000 others choose the epoch, whose weights meet the whole " +
  "test set once. Last, three rules as the authors' code has them, without a search.";

function verdictOn(name: string, set: string, data: ExperimentData): Experiment {
  return {
    name,
    title: `the rules on ${set}, each with settings of its own from the same search, 784-800-10`,
    question: QUESTION,
    data: (scale) => (scale === "quick" ? [QUICK] : [data]),
    seeds: { quick: 2, full: 5 },
    bestBy: "firstSpike",
    axis: "Loss",
    tuning: (scale) => (scale === "quick" ? quickTuning(QUICK) : halvedTuning(32, { ...data, train: 20_000, validation: 5000 })),
    variants: (scale) => [...PAIRS.map((pair) => searched(pair, GROUND[scale])), ...authors(scale)],
    figures: [
      { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
      { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
      { type: "epochs", value: "accuracy", title: "Learning" },
    ],
  };
}

export const verdict = verdictOn("verdict", "MNIST", { dataset: "mnist" });
export const verdictFashion = verdictOn("verdict-fashion", "Fashion-MNIST", { dataset: "fashionMnist" });
