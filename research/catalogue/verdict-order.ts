import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";
import { type Ground, quickTuning } from "./searched.js";
import { searchedWider, type WiderPair } from "./searched-wider.js";
import { dense } from "./shared.js";

/** Each rule with losses that it sees, the most telling first. */
const PAIRS: readonly WiderPair[] = [
  ["antlr", "latency"],
  ["activation", "relaxedLatency"],
  ["activation", "countCrossEntropy"],
  ["activation", "membrane"],
  ["mixture", "latency"],
  ["timing", "latency"],
  ["eventProp", "latency"],
  ["antlr", "countCrossEntropy"],
  ["antlr", "membrane"],
  ["antlr", "relaxedLatency"],
];

const PARTS = { train: 8000, validation: 2000, test: 2000 };
/** Some of the training samples, for the search. */
const SEARCH_PARTS = { train: 4000, validation: 2000 };
const QUICK_PARTS = { train: 500, validation: 200, test: 200 };

/** Every unit fires once a sample, so that counts say nothing. Manifolds of one dimension are learnt without a mistake. */
const ORDERED = {
  "delay detection": { source: { dataset: "delayDetection", options: { samplesPerClass: 2500 } }, input: 2, classes: 8 },
  randman: {
    source: { dataset: "randman", options: { samplesPerClass: 2000, dimensions: 2, smoothness: 1.5 } },
    input: 20,
    classes: 10,
  },
} as const satisfies Record<string, { source: ExperimentData; input: number; classes: number }>;

const CONTROLS = { ordered: {}, shuffled: { areTimesShuffled: true } } as const satisfies Record<string, Partial<ExperimentData>>;

function tuning(scale: Scale): Tuning {
  const data: ExperimentData = { ...ORDERED.randman.source, ...SEARCH_PARTS };
  if (scale === "quick") return quickTuning(data);
  const halving = { epochs: [2, 6, 20], keep: 1 / 6, seeds: [1, 1, 3] };
  return { trials: 64, seed: 1, seeds: [101, 102, 103], halving, data: [data] };
}

function variants(scale: Scale): Variant[] {
  const isQuick = scale === "quick";
  return Object.entries(CONTROLS).flatMap(([control, changed]) =>
    Object.entries(ORDERED).flatMap(([name, { source, input, classes }]) =>
      PAIRS.map((pair): Variant => {
        const ground: Ground = { input, steps: 100, hidden: dense(isQuick ? 30 : 100), epochs: isQuick ? 3 : 30, classes };
        const variant = searchedWider(pair, ground, `${pair[1]}, ${name}, ${control}`);
        const data = [{ ...source, ...changed, ...(isQuick ? QUICK_PARTS : PARTS) }];
        const tunedOn = [{ ...source, ...changed, ...(isQuick ? QUICK_PARTS : SEARCH_PARTS) }];
        return { ...variant, data, tunedOn };
      }),
    ),
  );
}

export const verdictOrder: Experiment = {
  name: "verdict-order",
  title: "the rules where only the times of spikes tell, and with these times shuffled",
  question:
    "Every input fires once a sample: on smooth random manifolds (Zenke, Vogels 2021) and as two spikes with a delay. How well does each rule read times, and what is " +
    "left when the spikes of each sample exchange theirs? Each variant is searched by itself, with the ranges of `verdict-wider`; 100 hidden units.",
  data: () => [{ ...ORDERED.randman.source, ...PARTS }],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Loss, data",
  tuning,
  variants,
  figures: [
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
