import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { type Ground, halvedTuning, type Pair, quickTuning, searched } from "./searched.js";
import { dense } from "./shared.js";

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 784, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 784, steps: 100, hidden: dense(800), epochs: 6 },
};

/** A loss that each of them sees. */
const RULES: readonly Pair[0][] = ["antlr", "activation", "timing", "eventProp", "mixture"];

const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", train: 1000, validation: 500, test: 500 },
  full: { dataset: "mnist" },
};

export const verdictTrains: Experiment = {
  name: "verdict-trains",
  title: "the rules on MNIST under one loss, target spike trains, each with settings of its own",
  question:
    "The output of the label should fire at given steps, once or three times, and the others not at all: a loss that activations and spike times both see. Settings are " +
    "searched as in `verdict`, by 24 trials on 10,000 images, with the trains and the decay of their filter among them; then 50,000 images, 6 epochs, five fresh seeds.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 5 },
  bestBy: "firstSpike",
  axis: "Loss",
  tuning: (scale) =>
    scale === "quick" ? quickTuning(DATA.quick) : halvedTuning(24, { ...DATA.full, train: 10_000, validation: 5000 }),
  variants: (scale) => RULES.map((rule) => searched([rule, "spikeTrain"], GROUND[scale])),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
