import type { JsonObject } from "spikelet/study";
import type { Variant } from "../experiment.js";
import { type Ground, SEARCHED_RULES, searchedConfig } from "./searched.js";
import { TASKS, type Task } from "./tasks.js";

const FIRST_SPIKES: JsonObject = { "loss.inverseTemperature": { from: 0.05, to: 4, scale: "log" } };

/** What is searched of each loss. */
const SEARCH_OF_LOSS = {
  latency: FIRST_SPIKES,
  relaxedLatency: { ...FIRST_SPIKES, "loss.horizon": [null, 5, 20] },
  count: { "loss.positive": [1, 2, 4, 8] },
  countCrossEntropy: { "loss.inverseTemperature": { from: 0.1, to: 10, scale: "log" } },
  membrane: { "loss.inverseTemperature": { from: 0.1, to: 20, scale: "log" } },
} as const satisfies Partial<Record<keyof typeof TASKS, JsonObject>>;

/** A rule with a loss that it sees. */
export type WiderPair = readonly [rule: keyof typeof SEARCHED_RULES, task: keyof typeof SEARCH_OF_LOSS];

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
/** Rules without a division by slopes. */
const WITHOUT_SLOPES: ReadonlySet<string> = new Set(["activation", "eprop"]);
/** What rules that divide by slopes have beside. */
const SLOPE_FLOOR: JsonObject = { "rule.slopeFloor": [0.001, 0.01, 0.1] };

/** A pair with the wider search for its settings: its reset, decays, start of each layer and bound of slopes as well. */
export function searchedWider(pair: WiderPair, ground: Ground, at: string): Variant {
  const [series, task] = pair;
  const { bestBy, output }: Task = TASKS[task];
  const search = {
    ...SEARCH,
    ...(output.type === "leaky" ? START_OF_READOUT : START),
    ...SEARCH_OF_LOSS[task],
    ...("surrogate" in SEARCHED_RULES[series] ? SHARPNESS : {}),
    ...(WITHOUT_SLOPES.has(series) ? {} : SLOPE_FLOOR),
  };
  return { series, at, bestBy, config: searchedConfig(pair, ground), search };
}
