import type { Config, LatencyLoss, Regularizers, ResetPaths } from "../../generated/config.js";
import type { ExperimentData, Scale } from "../plan/experiment.js";
import { dense } from "./shared.js";

/** Part of MNIST for comparisons around the settings that the searches of `verdict` chose. */
export const TUNED_DATA: Readonly<Record<Scale, readonly ExperimentData[]>> = {
  quick: [{ dataset: "digits", train: 1500, validation: 500, test: 500 }],
  full: [{ dataset: "mnist", train: 20_000 }, { dataset: "digits" }],
};

/** What differs from the chosen settings. */
interface Change {
  loss?: Partial<LatencyLoss>;
  regularizers?: Regularizers;
  resetPath?: ResetPaths;
}

/** Rule and loss as the search of `verdict` chose them: ANTLR with the latency loss, activation with the count loss. */
export function tuned(scale: Scale, rule: "antlr" | "activation", { loss, regularizers, resetPath }: Change): Config {
  const isQuick = scale === "quick";
  return {
    network: { input: 784, steps: 100, layers: dense(isQuick ? 100 : 800, 10) },
    rule: {
      type: rule,
      surrogate: { type: "exponential", sharpness: 5.36294 },
      // Only the variant rnn knows a reset path of the activation part.
      ...(resetPath ? { variant: "rnn", resetPath } : {}),
    },
    loss:
      rule === "activation"
        ? { type: "count", positive: 1 }
        : { type: "latency", endSimulation: "off", inverseTemperature: 0.17517, ...loss },
    ...(regularizers ? { regularizers } : {}),
    optimizer: { type: "adam", learningRate: 0.000613457 },
    schedule: { type: "cosine", warmupEpochs: 0.5 },
    training: { batchSize: 32, epochs: isQuick ? 3 : 6, silentUnitUpdate: { rules: "off" } },
  };
}
