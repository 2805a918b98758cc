import type { Config, LayerConfig, RuleConfig } from "spikelet";
import type { JsonObject } from "spikelet/study";
import type { ExperimentData, Tuning, Variant } from "../experiment.js";
import { EVENT_PROP } from "./shared.js";
import { TASKS, type Task } from "./tasks.js";

/** What is searched of each loss. */
const SEARCH_OF_LOSS = {
  latency: { "loss.inverseTemperature": { from: 0.1, to: 2, scale: "log" } },
  spikeTrain: { "loss.positive": [[40], [30, 45, 60]], "loss.kernelDecay": [0.8, 0.9, 0.95] },
  count: { "loss.positive": [1, 2, 4, 8] },
  countCrossEntropy: { "loss.inverseTemperature": { from: 0.1, to: 10, scale: "log" } },
  membrane: { "loss.inverseTemperature": { from: 0.5, to: 10, scale: "log" } },
} as const satisfies Partial<Record<keyof typeof TASKS, JsonObject>>;

const SURROGATE = { type: "exponential" } as const;
/** Rules as comparisons with a search have them: the width of the surrogate is searched. */
export const SEARCHED_RULES = {
  activation: { type: "activation", surrogate: SURROGATE },
  timing: { type: "timing" },
  antlr: { type: "antlr", surrogate: SURROGATE },
  mixture: { type: "mixture", surrogate: SURROGATE },
  eventProp: EVENT_PROP,
  eprop: { type: "eprop", surrogate: SURROGATE },
} as const satisfies Record<string, RuleConfig>;

/** Rules with an activation part, through which a price for spikes acts. */
export const HAS_PRICE: ReadonlySet<string> = new Set(["antlr", "activation", "mixture"]);

/** A rule with a loss that it sees. */
export type Pair = readonly [rule: keyof typeof SEARCHED_RULES, task: keyof typeof SEARCH_OF_LOSS];

/** Each rule with losses that it sees, the most telling first. */
export const PAIRS: readonly Pair[] = [
  ["antlr", "latency"],
  ["activation", "count"],
  ["timing", "latency"],
  ["eventProp", "latency"],
  ["antlr", "count"],
  ["mixture", "latency"],
  ["activation", "membrane"],
  ["antlr", "membrane"],
  ["eventProp", "membrane"],
  ["mixture", "count"],
];

/** What is searched for every variant alike; the width of the surrogate where the rule has one. */
const SEARCH: JsonObject = {
  "optimizer.learningRate": { from: 0.0001, to: 0.003, scale: "log" },
  "training.silentUnitUpdate.strength": [0, 1, 10, 100],
  "training.gradientClip": [1, 0.01],
  "training.initialActivity": [null, { spikesPerUnit: 0.5 }, { spikesPerUnit: 1.5 }],
};
const WIDTH: JsonObject = { "rule.surrogate.sharpness": { from: 1, to: 6, scale: "log" } };

/** What a pair is given: the same for all that are compared. */
export interface Ground {
  input: number | [number, number, number];
  steps: number;
  hidden: readonly LayerConfig[];
  epochs: number;
  /** 10 unless given. */
  classes?: number;
}

/** The configuration of a rule with a loss, without what is searched. */
export function searchedConfig(
  [rule, task]: readonly [rule: keyof typeof SEARCHED_RULES, task: keyof typeof TASKS],
  { input, steps, hidden, epochs, classes = 10 }: Ground,
): Config {
  const { loss, output }: Task = TASKS[task];
  return {
    network: { input, steps, layers: [...hidden, { type: "dense", units: classes, neuron: output }] },
    rule: SEARCHED_RULES[rule],
    loss,
    optimizer: { type: "adam" },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: { batchSize: 32, epochs, silentUnitUpdate: { rules: "all" } },
  };
}

/** A pair with the search for its settings; at its loss unless told otherwise. */
export function searched(pair: Pair, ground: Ground, at?: string): Variant {
  const [series, task] = pair;
  const { bestBy }: Task = TASKS[task];
  const width = "surrogate" in SEARCHED_RULES[series] ? WIDTH : {};
  const search = { ...SEARCH, ...SEARCH_OF_LOSS[task], ...width };
  return { series, at: at ?? task, bestBy, config: searchedConfig(pair, ground), search };
}

/** The search of quick versions. */
export function quickTuning(data: ExperimentData): Tuning {
  return { trials: 4, seed: 1, seeds: [101], halving: { epochs: [1, 2], keep: 0.5 }, data: [data] };
}

/** The trials learn for an epoch, the best third for 3, the best ninth for 9 with three seeds, as some settings fail with one of them. */
export function halvedTuning(trials: number, data: ExperimentData): Tuning {
  const halving = { epochs: [1, 3, 9], keep: 1 / 3, seeds: [1, 1, 3] };
  return { trials, seed: 1, seeds: [101, 102, 103], halving, data: [data] };
}
