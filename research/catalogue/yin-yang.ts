import type { Dense, RuleConfig, TrainingConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { EVENT_PROP, RULES } from "./shared.js";

const SIZES = {
  quick: { train: 1000, validation: 500, test: 500 },
  // With the 1,000 test points of publications, a figure of 98 % has a standard error of 0.4 %.
  full: { options: { samples: 35_000 }, train: 5000, validation: 2000, test: 5000 },
} as const satisfies Record<Scale, object>;

type Delayed = Pick<Dense, "delays">;

const WITHOUT: Delayed = {};
const BY_INPUT: Delayed = { delays: { by: "input", max: 50, learn: true } };
const BY_CONNECTION: Delayed = { delays: { by: "connection", max: 50, learn: true } };

const DELAYS = { "no delays": WITHOUT, "delays by input": BY_INPUT, "delays by connection": BY_CONNECTION };

/** An exact gradient says nothing of units that never fire. */
const UPDATE_ALL: TrainingConfig = { silentUnitUpdate: { rules: "all" } };

function variant(scale: Scale, series: string, rule: RuleConfig, delays: Delayed, training: TrainingConfig = {}): Variant {
  return {
    series,
    config: {
      network: { input: 5, steps: 300, layers: [30, 3].map((units) => ({ type: "dense", units, ...delays })) },
      rule,
      loss: { type: "latency", inverseTemperature: 0.5 },
      optimizer: { type: "adam", learningRate: 0.01 },
      schedule: { type: "cosine" },
      training: { batchSize: 64, epochs: scale === "quick" ? 25 : 150, ...training },
    },
  };
}

export const yinYang: Experiment = {
  name: "yin-yang",
  title: "the Yin-Yang figure with 30 hidden units",
  question:
    "Yin-Yang (Kriener, Göltz, Petrovici 2022) needs a hidden layer and precise times: a linear classifier reaches 64 %. How far do the rules " +
    "get with 30 hidden units, and what do learnt delays add? Settings were chosen by validation accuracy with seeds 101 to 103.",
  data: (scale) => [{ dataset: "yinYang", encoding: { type: "latency", first: 0, last: 100, skipZero: false }, ...SIZES[scale] }],
  seeds: { quick: 2, full: 5 },
  bestBy: "firstSpike",
  axis: "Delays",
  variants: (scale) => {
    const rules = Object.entries(RULES).map(([series, rule]) => variant(scale, series, rule, WITHOUT));
    if (scale === "quick") return rules;
    const delayed = Object.entries(DELAYS).flatMap(([at, delays]) => [
      ...(delays === WITHOUT ? [] : [{ ...variant(scale, "antlr", RULES.antlr, delays), at }]),
      { ...variant(scale, "eventProp", EVENT_PROP, delays, UPDATE_ALL), at },
    ]);
    return [...rules.map((rule) => ({ ...rule, at: "no delays" })), ...delayed];
  },
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
