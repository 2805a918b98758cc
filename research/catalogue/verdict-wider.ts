import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";
import { type Ground, quickTuning } from "./searched.js";
import { searchedWider, type WiderPair } from "./searched-wider.js";
import { dense } from "./shared.js";

/** The most telling first, as a search of one takes half an hour of a thread. */
const PAIRS: readonly WiderPair[] = [
  ["antlr", "latency"],
  ["activation", "relaxedLatency"],
  ["activation", "countCrossEntropy"],
  ["eventProp", "latency"],
  ["mixture", "latency"],
  ["activation", "membrane"],
  ["antlr", "countCrossEntropy"],
  ["timing", "latency"],
  ["antlr", "relaxedLatency"],
  ["eventProp", "membrane"],
  ["activation", "count"],
  ["antlr", "count"],
  ["antlr", "membrane"],
];

/** Independent scrambles of the points on MNIST. */
const SEARCHES: Readonly<Record<Scale, readonly number[]>> = { quick: [1], full: [1, 2, 3] };
/** Elsewhere one, so that the budget goes to the spread on MNIST. */
const ONE_SEARCH: typeof SEARCHES = { quick: [1], full: [1] };

/** The best eighth of the trials of one epoch learns for 3, the best of these for 9 with three seeds. */
function tuning(data: ExperimentData): Tuning {
  const halving = { epochs: [1, 3, 9], keep: 1 / 8, seeds: [1, 1, 3] };
  return { trials: 192, seed: 1, seeds: [101, 102, 103], halving, data: [data] };
}

const QUICK: ExperimentData = { dataset: "digits", train: 1000, validation: 500, test: 500 };

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 784, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 784, steps: 100, hidden: dense(800), epochs: 15 },
};

/** The first search of every pair before the second of any. */
function variants(scale: Scale, searches: typeof SEARCHES): Variant[] {
  return searches[scale].flatMap((searchSeed) =>
    PAIRS.map((pair) => ({ ...searchedWider(pair, GROUND[scale], `${pair[1]}, search ${searchSeed}`), searchSeed })),
  );
}

/** What differs between the data sets. */
interface Place {
  title: string;
  /** How often each rule and loss is searched, in words. */
  often: string;
  data: ExperimentData;
  searches: typeof SEARCHES;
}

function widerOn(name: string, { title, often, data, searches }: Place): Experiment {
  return {
    name,
    title: `${title}, 784-800-10`,
    question:
      "With more to search than the first edition had: reset, decays, start of each layer, bound of slopes, and wider ranges where an optimum lay at an edge. Each rule " +
      `and loss is searched ${often} of 192 points; each search's choice learns with three fresh seeds. Activation has a loss of first spikes that it sees, and counts ` +
      "have a cross-entropy.",
    data: (scale) => [scale === "quick" ? QUICK : data],
    seeds: { quick: 1, full: 3 },
    bestBy: "firstSpike",
    axis: "Loss",
    tuning: (scale) => (scale === "quick" ? quickTuning(QUICK) : tuning({ ...data, train: 20_000, validation: 5000 })),
    variants: (scale) => variants(scale, searches),
    figures: [
      { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
      { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
      { type: "epochs", value: "accuracy", title: "Learning" },
    ],
  };
}

export const verdictWider = widerOn("verdict-wider", {
  title: "the rules on MNIST again, with a wider search, thrice, and losses that are fair to each",
  often: "three times, with independent scrambles",
  data: { dataset: "mnist" },
  searches: SEARCHES,
});

export const verdictWiderFashion = widerOn("verdict-wider-fashion", {
  title: "the rules on Fashion-MNIST again, with a wider search and losses that are fair to each",
  often: "once, with a scramble",
  data: { dataset: "fashionMnist" },
  searches: ONE_SEARCH,
});
