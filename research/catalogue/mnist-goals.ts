import type { Encoding } from "spikelet";
import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { type LatencyRecipe, latencyGoal } from "./goals.js";
import { MOVED_DIGITS, UNCHOSEN } from "./shared.js";

/** What validation chose for digits that move in every epoch, and for digits that stay. */
interface Recipe extends LatencyRecipe {
  encoding: Encoding;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  moved: {
    encoding: { type: "latency", last: 24 },
    inverseTemperature: 0.5,
    spikePenalty: 0.00005,
    epochs: 30,
    augmentation: MOVED_DIGITS,
  },
  unmoved: {
    encoding: { type: "latency", last: 40 },
    inverseTemperature: 0.5,
    spikePenalty: 0.00001,
    epochs: 15,
    augmentation: { eventDropout: 0.3, timeJitter: 2 },
  },
};

const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", train: 1500, test: 500, isValidationLearnt: true },
  full: { dataset: "mnist", isValidationLearnt: true },
};

export const mnistGoals: Experiment = {
  name: "mnist-goals",
  title: "MNIST as latencies, 784-800-10: 98.8 % at 0.1 spikes per hidden unit?",
  question:
    "How accurate can ANTLR be by first spike with few spikes, all 60 steps counted? Averages of the weights, label smoothing, a small price for each hidden spike, a part " +
    'of the input spikes left out; "moved": each digit moved by one pixel at most, "unmoved": each spike moved in time, anew in every epoch. The settings and the number of ' +
    "epochs were chosen by validation accuracy with seed 101; then all 60,000 training digits are learnt, and the last epoch counts. The results are those of " +
    "`--seeds 21,22,23,24,25`.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 5 },
  bestBy: "last",
  objective: UNCHOSEN,
  variants: (scale) =>
    Object.entries(RECIPES).map(([series, recipe]) => ({
      series,
      config: latencyGoal(scale, recipe),
      data: [{ ...DATA[scale], encoding: recipe.encoding }],
    })),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "perUnit0", y: "firstSpike", title: "Accuracy against hidden spikes" },
  ],
};
