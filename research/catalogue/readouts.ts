import type { Config, InitialActivity, LossConfig, NeuronConfig, RuleConfig } from "spikelet";
import type { BestBy } from "spikelet/study";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { dense, digits, EVENT_PROP, MOVED_DIGITS, RULES as SHARED_RULES, UNCHOSEN } from "./shared.js";

const { activation, antlr } = SHARED_RULES;
const RULES = { activation, antlr, eventProp: EVENT_PROP };

/** How an output is read, and what trains it. */
interface Reading {
  at: string;
  bestBy: BestBy;
  loss: LossConfig;
  steps: number;
  epochs: number;
  output: NeuronConfig;
  /** Units that never fire have no exact gradient. */
  initialActivity?: InitialActivity;
}

const FIRST_SPIKE: Reading = {
  at: "first spike",
  bestBy: "firstSpike",
  loss: { type: "latency", inverseTemperature: 1.2 },
  steps: 80,
  epochs: 24,
  output: {},
  initialActivity: { spikesPerUnit: [1, 3] },
};

/** The activation rule hardly feels the latency loss, and needs no spikes to begin with. */
const COUNT: Reading = {
  at: "first spike",
  bestBy: "count",
  loss: { type: "count", positive: 5 },
  steps: 80,
  epochs: 12,
  output: {},
};

const MEMBRANE: Reading = {
  at: "membrane",
  bestBy: "membrane",
  loss: { type: "membrane", statistic: "mean", inverseTemperature: 4 },
  steps: 40,
  epochs: 12,
  output: { type: "leaky" },
  initialActivity: { spikesPerUnit: [1] },
};

function config(scale: Scale, rule: RuleConfig, { loss, steps, epochs, output, initialActivity }: Reading): Config {
  const isQuick = scale === "quick";
  return {
    network: {
      input: 784,
      steps,
      neuron: { currentDecay: 0.98, membraneDecay: 0.98, reset: "membrane" },
      layers: [...dense(isQuick ? 100 : 800), { type: "dense", units: 10, neuron: output }],
    },
    rule,
    loss,
    optimizer: { type: "adam", learningRate: 0.001 },
    // Without a slow start all outputs fall silent at once, for good where the gradient is of spike times alone.
    schedule: { type: "cosine", warmupEpochs: 1 },
    training: {
      batchSize: 32,
      epochs: isQuick ? 4 : epochs,
      augmentation: MOVED_DIGITS,
      ...(initialActivity ? { initialActivity } : {}),
    },
  };
}

export const readouts: Experiment = {
  name: "readouts",
  title: "MNIST read by first spikes and by membranes, 784-800-10",
  question:
    "How far does each rule get with outputs that fire, read by the first spike, and with a readout that never fires, read by the means of its membranes? The " +
    "reset is that of EventProp, and each digit is moved by one pixel at most and loses a tenth of its spikes, anew in every epoch. Before outputs that fire the " +
    "activation rule learns with the count loss, and its epochs are chosen by count. Settings were chosen by validation accuracy with seeds 101 and 102.",
  data: (scale) => (scale === "quick" ? digits(scale) : [{ dataset: "mnist" }, { dataset: "digits" }]),
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  objective: UNCHOSEN,
  axis: "Read by",
  variants: (scale) =>
    Object.entries(RULES).flatMap(([series, rule]) =>
      [rule.type === "activation" ? COUNT : FIRST_SPIKE, MEMBRANE].map((reading): Variant => {
        const { at, bestBy } = reading;
        return { series, at, bestBy, config: config(scale, rule, reading) };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "membrane", title: "Accuracy by membrane" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
