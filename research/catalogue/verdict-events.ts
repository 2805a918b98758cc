import type { Experiment, ExperimentData, Scale } from "../experiment.js";
import { type Ground, halvedTuning, PAIRS, quickTuning, searched } from "./searched.js";
import { dense } from "./shared.js";

const SCENE = { dataset: "simulatedEvents", options: { of: "digits" } };
const DATA: Readonly<Record<Scale, ExperimentData>> = {
  quick: { ...SCENE, train: 300, validation: 150, test: 150 },
  full: SCENE,
};

const GROUND: Readonly<Record<Scale, Ground>> = {
  quick: { input: 2 * 34 * 34, steps: 100, hidden: dense(100), epochs: 3 },
  full: { input: 2 * 34 * 34, steps: 300, hidden: dense(800), epochs: 15 },
};

export const verdictEvents: Experiment = {
  name: "verdict-events",
  title: "the rules before a simulated event camera, each with settings of its own from the same search, 2312-800-10",
  question:
    "As `verdict`, but a simulated camera looks at the 10,000 digits of the npm package over 300 steps: 8,000 to learn, of which 4,000 are for the search, with 16 " +
    "trials. Nothing that is learnt from it is a result on N-MNIST.",
  data: (scale) => [DATA[scale]],
  seeds: { quick: 1, full: 5 },
  bestBy: "firstSpike",
  axis: "Loss",
  tuning: (scale) => (scale === "quick" ? quickTuning(DATA.quick) : halvedTuning(16, { ...SCENE, train: 4000 })),
  variants: (scale) => PAIRS.map((pair) => searched(pair, GROUND[scale])),
  figures: [
    { type: "scatter", x: "spikesUntilDecision", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
