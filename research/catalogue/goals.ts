import type { Augmentation, Config } from "spikelet";
import type { Scale } from "../experiment.js";
import { dense } from "./shared.js";

/** What validation chose for each data set; all else of `latencyGoal` was chosen once for all. */
export interface LatencyRecipe {
  inverseTemperature: number;
  spikePenalty: number;
  epochs: number;
  augmentation: Augmentation;
}

/** 784-800-10 by ANTLR, read by the first spike, with few hidden spikes. */
export function latencyGoal(scale: Scale, recipe: LatencyRecipe): Config {
  const { inverseTemperature, spikePenalty, epochs, augmentation } = recipe;
  return {
    network: { input: 784, steps: 60, layers: dense(hiddenUnits(scale), 10) },
    rule: { type: "antlr", surrogate: { type: "exponential", sharpness: 6 }, slopeFloor: 0.1 },
    loss: { type: "latency", endSimulation: "off", inverseTemperature, labelSmoothing: 0.05 },
    regularizers: { spikePenalty },
    optimizer: { type: "adam", learningRate: 0.001 },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: { batchSize: 32, epochs: epochsOf(scale, epochs), averaging: { type: "ema", decay: 0.999 }, augmentation },
  };
}

export function hiddenUnits(scale: Scale): number {
  return scale === "quick" ? 100 : 800;
}

export function epochsOf(scale: Scale, full: number): number {
  return scale === "quick" ? 3 : full;
}
