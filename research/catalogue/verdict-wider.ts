import type { Config, LossConfig, NeuronConfig } from "spikelet";
import type { BestBy, JsonObject } from "spikelet/study";
import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";
import { quickTuning, SEARCHED_RULES } from "./searched.js";
import { dense } from "./shared.js";

/** A loss, what is searched of it, and the decision that it trains. */
interface Task {
  bestBy: BestBy;
  loss: LossConfig;
  output: NeuronConfig;
  search: JsonObject;
}

const LATENCY = { type: "latency", endSimulation: "off" } as const;
const FIRST_SPIKES: JsonObject = { "loss.inverseTemperature": { from: 0.05, to: 4, scale: "log" } };

const TASKS = {
  latency: { bestBy: "firstSpike", loss: LATENCY, output: {}, search: FIRST_SPIKES },
  relaxedLatency: {
    bestBy: "firstSpike",
    loss: { ...LATENCY, spikeGradient: "relaxed" },
    output: {},
    search: { ...FIRST_SPIKES, "loss.horizon": [null, 5, 20] },
  },
  count: { bestBy: "count", loss: { type: "count" }, output: {}, search: { "loss.positive": [1, 2, 4, 8] } },
  countCrossEntropy: {
    bestBy: "count",
    loss: { type: "countCrossEntropy" },
    output: {},
    search: { "loss.inverseTemperature": { from: 0.1, to: 10, scale: "log" } },
  },
  membrane: {
    bestBy: "membrane",
    loss: { type: "membrane", statistic: "mean" },
    output: { type: "leaky" },
    search: { "loss.inverseTemperature": { from: 0.1, to: 20, scale: "log" } },
  },
} as const satisfies Record<string, Task>;

/** A rule with a loss that it sees. */
type Pair = readonly [rule: keyof typeof SEARCHED_RULES, task: keyof typeof TASKS];

/** The most telling first, as a search of one takes half an hour of a thread. */
const PAIRS: readonly Pair[] = [
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

/** What is searched for every variant alike. */
const SEARCH: JsonObject = {
  "optimizer.learningRate": { from: 0.0001, to: 0.01, scale: "log" },
  "network.neuron.reset": ["all", "membrane"],
  "network.neuron.currentDecay": [0.9, 0.95, 0.98, 0.99],
  "network.neuron.membraneDecay": [0.9, 0.95, 0.98, 0.99],
  "training.silentUnitUpdate.strength": [0, 1, 10, 100, 1000],
  "training.gradientClip": [1, 0.01],
};
/** Spikes per unit before it learns, by layer. A readout has none. */
const START: JsonObject = {
  "training.initialActivity": [
    null,
    { spikesPerUnit: [0.5, 0.5] },
    { spikesPerUnit: [1.5, 1.5] },
    { spikesPerUnit: [0.5, 2] },
    { spikesPerUnit: [1, 3] },
  ],
};
const START_OF_READOUT: JsonObject = {
  "training.initialActivity": [null, ...[0.25, 0.5, 1, 1.5].map((spikes) => ({ spikesPerUnit: [spikes] }))],
};
/** What rules with a surrogate have beside. */
const SHARPNESS: JsonObject = { "rule.surrogate.sharpness": { from: 1, to: 20, scale: "log" } };
/** What rules that divide by slopes have beside. */
const SLOPE_FLOOR: JsonObject = { "rule.slopeFloor": [0.001, 0.01, 0.1] };

/** Independent scrambles of the points. */
const SEARCHES: Readonly<Record<Scale, readonly number[]>> = { quick: [1], full: [1, 2, 3] };

/** The best eighth of the trials of one epoch learns for 3, the best of these for 9 with three seeds. */
function tuning(data: ExperimentData): Tuning {
  const halving = { epochs: [1, 3, 9], keep: 1 / 8, seeds: [1, 1, 3] };
  return { trials: 192, seed: 1, seeds: [101, 102, 103], halving, data: [data] };
}

const MNIST: ExperimentData = { dataset: "mnist" };
const QUICK: ExperimentData = { dataset: "digits", train: 1000, validation: 500, test: 500 };

function searchOf([rule, task]: Pair): JsonObject {
  const { output, search }: Task = TASKS[task];
  return {
    ...SEARCH,
    ...(output.type === "leaky" ? START_OF_READOUT : START),
    ...search,
    ...("surrogate" in SEARCHED_RULES[rule] ? SHARPNESS : {}),
    ...(rule === "activation" ? {} : SLOPE_FLOOR),
  };
}

function config([rule, task]: Pair, scale: Scale): Config {
  const isQuick = scale === "quick";
  const { loss, output }: Task = TASKS[task];
  return {
    network: { input: 784, steps: 100, layers: [...dense(isQuick ? 100 : 800), { type: "dense", units: 10, neuron: output }] },
    rule: SEARCHED_RULES[rule],
    loss,
    optimizer: { type: "adam" },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: { batchSize: 32, epochs: isQuick ? 3 : 15, silentUnitUpdate: { rules: "all" } },
  };
}

function variants(scale: Scale): Variant[] {
  return PAIRS.flatMap((pair) =>
    SEARCHES[scale].map((searchSeed): Variant => {
      const [series, task] = pair;
      const { bestBy }: Task = TASKS[task];
      return {
        series,
        at: `${task}, search ${searchSeed}`,
        bestBy,
        config: config(pair, scale),
        search: searchOf(pair),
        searchSeed,
      };
    }),
  );
}

export const verdictWider: Experiment = {
  name: "verdict-wider",
  title: "the rules on MNIST again, with a wider search, thrice, and losses that are fair to each, 784-800-10",
  question:
    "As `verdict`, with more to search: reset, decays, start of each layer, bound of slopes, and wider ranges where an optimum lay at an edge. Each rule and loss is " +
    "searched three times, with independent scrambles of 48 points; each search's choice learns with three fresh seeds. Activation has a loss of first spikes that it " +
    "sees, and counts have a cross-entropy.",
  data: (scale) => [scale === "quick" ? QUICK : MNIST],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Loss",
  tuning: (scale) => (scale === "quick" ? quickTuning(QUICK) : tuning({ ...MNIST, train: 20_000, validation: 5000 })),
  variants,
  figures: [
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
