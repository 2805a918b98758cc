import type { Config, OptimizerConfig } from "spikelet";
import type { Experiment, ExperimentData, Scale, Variant } from "../experiment.js";
import { dense, digits, RULES } from "./shared.js";

const PARTS = { train: 20_000, validation: 10_000 };

const DATA: Record<string, readonly ExperimentData[]> = {
  MNIST: [{ dataset: "mnist", ...PARTS }, { dataset: "digits" }],
  "Fashion-MNIST": [{ dataset: "fashionMnist", ...PARTS }],
};

type Change = Pick<Config, "optimizer" | "schedule" | "training"> & { labelSmoothing?: number };

const adam = (learningRate: number): OptimizerConfig => ({ type: "adam", learningRate });

/** What each series has beside, or instead of, what "plain" has. */
const CHANGES: Record<string, Change> = {
  plain: {},
  "warm-up": { schedule: { type: "constant", warmupEpochs: 1 } },
  cosine: { optimizer: adam(0.002), schedule: { type: "cosine" } },
  "one-cycle": { optimizer: adam(0.002), schedule: { type: "oneCycle" } },
  AdamW: { optimizer: { type: "adamW", learningRate: 0.001, weightDecay: 0.1 } },
  "clip by norm": { training: { gradientNormClip: 0.1 } },
  "label smoothing": { labelSmoothing: 0.05 },
  EMA: { training: { averaging: { type: "ema", decay: 0.999 } } },
  SWA: { training: { averaging: { type: "swa", epochs: 6 } } },
  "early stopping": { training: { earlyStopping: { patience: 3 } } },
};

function config(scale: Scale, series: string): Config {
  const { labelSmoothing = 0, training, ...change } = CHANGES[series] ?? {};
  const isQuick = scale === "quick";
  return {
    network: {
      input: 784,
      steps: 40,
      neuron: { currentDecay: 0.98, membraneDecay: 0.98, reset: "membrane" },
      layers: [...dense(isQuick ? 100 : 200), { type: "dense", units: 10, neuron: { type: "leaky" } }],
    },
    rule: RULES.antlr,
    loss: { type: "membrane", statistic: "mean", inverseTemperature: 4, labelSmoothing },
    optimizer: adam(0.001),
    schedule: { type: "constant" },
    ...change,
    training: { batchSize: 32, epochs: isQuick ? 4 : 12, initialActivity: { spikesPerUnit: [1] }, ...training },
  };
}

export const trainingSettings: Experiment = {
  name: "training-settings",
  title: "schedules, AdamW, clipping, label smoothing, averages and early stopping, one at a time",
  question:
    "What does each of the usual settings bring, and what does it cost? One change at a time from Adam at a constant rate of 0.001, 784-200-10, 40 steps, read " +
    "by the means of the membranes, 12 epochs of 20,000 images. The rates of the schedules and the strength of each setting were chosen by validation accuracy " +
    "with seed 101. The last epochs of SWA are 6; early stopping waits for 3 epochs.",
  data: digits,
  seeds: { quick: 1, full: 3 },
  bestBy: "membrane",
  axis: "Data",
  variants: (scale) => {
    const places = scale === "quick" ? [{ at: "digits" }] : Object.entries(DATA).map(([at, data]) => ({ at, data }));
    return places.flatMap((place) =>
      Object.keys(CHANGES).map((series): Variant => ({ series, ...place, config: config(scale, series) })),
    );
  },
  figures: [
    { type: "spread", measure: "membrane", title: "Accuracy by membrane" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "epochs", value: "loss", title: "Loss" },
  ],
};
