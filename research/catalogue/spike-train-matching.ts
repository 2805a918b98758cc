import type { Experiment, Scale, Variant } from "../experiment.js";
import { dense, RULES } from "./shared.js";

const EPOCHS: Record<Scale, number> = { quick: 300, full: 2000 };

export const spikeTrainMatching: Experiment = {
  name: "spike-train-matching",
  title: "random input spikes should become given output spikes",
  question:
    "The paper's first experiment; its sizes are not published, these are ours: 100 inputs at random, 10 outputs with random target trains, one sample, " +
    "van Rossum loss. Timing gradients move spikes, activation gradients add and remove them. Every seed has data of its own; the sample is " +
    "remembered, so the loss is the result.",
  data: () => [{ dataset: "spikeTrainMatching", isDrawnPerSeed: true, isRemembered: true }],
  seeds: { quick: 3, full: 10 },
  bestBy: "loss",
  axis: "Hidden layers",
  variants: (scale) =>
    Object.entries(RULES).flatMap(([series, rule]) =>
      [0, 1].map(
        (depth): Variant => ({
          series,
          at: depth,
          config: {
            network: { input: 100, steps: 100, layers: dense(...new Array<number>(depth).fill(100), 10) },
            rule,
            loss: { type: "spikeTrain", kernelDecay: 0.9 },
            optimizer: { type: "adam", learningRate: 0.003 },
            schedule: { type: "step", every: EPOCHS[scale] / 2, factor: 0.3 },
            training: { batchSize: 1, epochs: EPOCHS[scale] },
          },
        }),
      ),
    ),
  figures: [
    { type: "spread", measure: "loss", title: "Loss" },
    { type: "epochs", value: "loss", title: "Learning" },
  ],
};
