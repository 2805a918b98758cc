import type { Experiment, Scale } from "../plan/experiment.js";
import { dense, RULES } from "./shared.js";

const SIZES = {
  quick: { train: 1000, validation: 500, test: 500, epochs: 25, every: 10 },
  full: { train: 5000, validation: 1000, test: 1000, epochs: 200, every: 70 },
} as const satisfies Record<Scale, object>;

export const yinYang: Experiment = {
  name: "yin-yang",
  title: "the Yin-Yang figure with 30 hidden units",
  question:
    "Yin-Yang (Kriener, Göltz, Petrovici 2022) needs a hidden layer and precise times: a linear classifier reaches 64 %. How far do the rules " +
    "get with 30 hidden units?",
  data: (scale) => {
    const { train, validation, test } = SIZES[scale];
    return [{ dataset: "yinYang", encoding: { type: "latency", first: 0, last: 100, skipZero: false }, train, validation, test }];
  },
  seeds: { quick: 2, full: 3 },
  bestBy: "firstSpike",
  variants: (scale) =>
    Object.entries(RULES).map(([series, rule]) => ({
      series,
      config: {
        network: { input: 5, steps: 300, layers: dense(30, 3) },
        rule,
        loss: { type: "latency", inverseTemperature: 0.5 },
        optimizer: { type: "adam", learningRate: 0.01 },
        schedule: { type: "step", every: SIZES[scale].every, factor: 0.3 },
        training: { batchSize: 64, epochs: SIZES[scale].epochs },
      },
    })),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
