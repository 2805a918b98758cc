import type { Config, RuleConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { dense, digits, digitsConfig, MOVED_DIGITS, RULES } from "./shared.js";

const NETWORK = { input: 784, steps: 300, layers: dense(800, 10) };

/** Preset `mnist`: the settings of the authors' code. */
const authors = (rule: RuleConfig): Config => ({
  network: NETWORK,
  rule,
  loss: { type: "latency", inverseTemperature: 0.166667 },
  optimizer: { type: "adam", learningRate: 0.001 },
  schedule: { type: "step", every: 10, factor: 0.1 },
  training: { batchSize: 16, epochs: 20 },
});

/** Moved digits, for more epochs; hidden spikes cost a little. */
const SHIFTED: Config = {
  network: NETWORK,
  rule: RULES.antlr,
  loss: { type: "latency", inverseTemperature: 0.7 },
  regularizers: { spikePenalty: 0.00003 },
  optimizer: { type: "adam", learningRate: 0.001 },
  schedule: { type: "step", every: 15, factor: 0.2 },
  training: { batchSize: 32, epochs: 45, augmentation: MOVED_DIGITS },
};

export const latencyMnist: Experiment = {
  name: "latency-mnist",
  title: "MNIST as latencies, 784-800-10",
  question:
    "Each pixel fires once, the brighter the earlier; the first output spike decides. All of MNIST by rule with the settings of the authors' code (steps 0 to " +
    '24), and "shifted": ANTLR for 45 epochs, each digit moved by one pixel at most and without a tenth of its spikes, anew in every epoch, at a small price ' +
    "for each hidden spike.",
  data: (scale) => (scale === "quick" ? digits(scale) : [{ dataset: "mnist" }, { dataset: "digits" }]),
  seeds: { quick: 2, full: 3 },
  bestBy: "firstSpike",
  variants: (scale) => [
    ...Object.entries(RULES).map(([series, rule]): Variant => ({ series, config: byRule(scale, rule) })),
    shifted(scale),
  ],
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "epochs", value: "accuracy", title: "Learning" },
    { type: "scatter", x: "perUnit0", y: "firstSpike", title: "Accuracy against hidden spikes" },
  ],
};

function byRule(scale: Scale, rule: RuleConfig): Config {
  return scale === "quick" ? digitsConfig(scale, rule) : authors(rule);
}

function shifted(scale: Scale): Variant {
  const config = scale === "quick" ? digitsConfig(scale, RULES.antlr, { training: { augmentation: MOVED_DIGITS } }) : SHIFTED;
  return { series: "shifted", config };
}
