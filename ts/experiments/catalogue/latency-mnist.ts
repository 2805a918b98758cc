import type { Config } from "../../generated/config.js";
import type { Arm, Experiment, Scale } from "../experiment.js";
import { dense, digits, digitsConfig, RULES } from "./shared.js";

/** Preset `mnist`: the settings of the authors' code. */
const AUTHORS: Config = {
  network: { input: 784, steps: 300, layers: dense(800, 10) },
  loss: { type: "latency", inverseTemperature: 0.166667 },
  optimizer: { type: "adam", learningRate: 0.001 },
  schedule: { type: "step", every: 10, factor: 0.1 },
  training: { batchSize: 16, epochs: 20 },
};

export const latencyMnist: Experiment = {
  name: "latency-mnist",
  title: "MNIST as latencies, 784-800-10",
  question:
    "Each pixel fires once, the brighter the earlier (steps 0 to 24); the first output spike decides. All of MNIST with the settings of the authors' " +
    "code, by rule.",
  data: (scale) => (scale === "quick" ? digits(scale) : [{ dataset: "mnist" }, { dataset: "digits" }]),
  seeds: { quick: 2, full: 3 },
  choice: "firstSpike",
  arms: (scale) => Object.entries(RULES).map(([series, rule]): Arm => ({ series, config: configOf(scale, { rule }) })),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "perUnit1", y: "firstSpike", title: "Accuracy against hidden spikes" },
  ],
};

function configOf(scale: Scale, { rule }: Required<Pick<Config, "rule">>): Config {
  return scale === "quick" ? digitsConfig(scale, rule) : { ...AUTHORS, rule };
}
