import type { Augmentation, Config } from "spikelet";
import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { epochsOf, hiddenUnits, latencyGoal } from "./goals.js";
import { dense, UNCHOSEN } from "./shared.js";

const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", train: 1500, test: 500, isValidationLearnt: true },
  full: { dataset: "fashionMnist", isValidationLearnt: true },
};

const AUGMENTATION: Augmentation = { eventDropout: 0.03 };

const RECIPES: Readonly<Record<string, (scale: Scale) => Config>> = {
  readout: (scale) => ({
    network: {
      input: 784,
      steps: 60,
      layers: [...dense(hiddenUnits(scale)), { type: "dense", units: 10, neuron: { type: "leaky" } }],
    },
    rule: { type: "antlr", surrogate: { type: "exponential", sharpness: 1.5 } },
    loss: { type: "membrane", statistic: "mean", inverseTemperature: 0.55, labelSmoothing: 0.1 },
    optimizer: { type: "adam", learningRate: 0.0024 },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: {
      batchSize: 32,
      epochs: epochsOf(scale, 20),
      averaging: { type: "ema", decay: 0.999 },
      augmentation: AUGMENTATION,
      gradientClip: 0.01,
      initialActivity: { spikesPerUnit: 0.5 },
      silentUnitUpdate: { rules: "all", strength: 0 },
    },
  }),
  latency: (scale) =>
    latencyGoal(scale, { inverseTemperature: 0.3, spikePenalty: 0.00003, epochs: 15, augmentation: AUGMENTATION }),
};

export const fashionGoals: Experiment = {
  name: "fashion-goals",
  title: "Fashion-MNIST, 784-800-10, by a readout and by latencies: 89.8 %?",
  question:
    "How accurate is ANTLR on Fashion-MNIST, read by membranes and by the first spike, with averages of the weights, label smoothing and a few of the input spikes left out? " +
    "The settings and the number of epochs were chosen by validation accuracy with seed 101; then all 60,000 training images are learnt, and the last epoch counts. The results " +
    "are those of `--seeds 21,22,23,24,25`.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 5 },
  bestBy: "last",
  objective: UNCHOSEN,
  variants: (scale) => Object.entries(RECIPES).map(([series, recipe]) => ({ series, config: recipe(scale) })),
  figures: [
    { type: "spread", measure: "membrane", title: "Accuracy by membrane (readout)" },
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike (latency)" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
  ],
};
