import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { dense, RULES } from "./shared.js";

const PARTS: Record<Scale, Pick<ExperimentData, "train" | "validation" | "test">> = {
  quick: { train: 300, validation: 150, test: 150 },
  full: { train: 10_000, validation: 5000, test: 5000 },
};

export const nmnist: Experiment = {
  name: "nmnist",
  title: "digits before an event camera",
  question:
    "2 × 34 × 34 inputs over 300 steps with thousands of events a sample. The recordings of N-MNIST where they are given (--data DIR with Train and Test); " +
    "else a simulated camera looks at digits, and the name of the data says so: nothing that is learnt from it is a result on N-MNIST.",
  data: (scale) => [
    { dataset: "nmnist", ...PARTS[scale] },
    { dataset: "simulatedEvents", options: { of: "digits" }, ...PARTS[scale] },
  ],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  variants: (scale) => {
    const isQuick = scale === "quick";
    return Object.entries(RULES).map(([series, rule]) => ({
      series,
      config: {
        network: { input: 2 * 34 * 34, steps: isQuick ? 100 : 300, layers: dense(isQuick ? 100 : 800, 10) },
        rule,
        loss: { type: "latency", inverseTemperature: 0.166667 },
        optimizer: { type: "adam", learningRate: isQuick ? 0.001 : 0.0003 },
        schedule: { type: "step", every: isQuick ? 4 : 6, factor: 0.1 },
        training: { batchSize: 16, epochs: isQuick ? 6 : 8 },
      },
    }));
  },
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy against spikes" },
  ],
};
