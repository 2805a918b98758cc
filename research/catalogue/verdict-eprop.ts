import type { LayerConfig, RuleConfig } from "spikelet";
import type { Experiment, ExperimentData, Scale, Tuning, Variant } from "../experiment.js";
import { type Ground, quickTuning, SEARCHED_RULES } from "./searched.js";
import { searchedWider } from "./searched-wider.js";
import { dense } from "./shared.js";

/** Hidden layers by name. */
const STRUCTURES: Readonly<Record<Scale, Readonly<Record<string, readonly LayerConfig[]>>>> = {
  quick: { "40R": recurrent(40), "40-40": dense(40, 40) },
  full: { "200R": recurrent(200), "200-200": dense(200, 200) },
};

const MNIST: ExperimentData = { dataset: "mnist", train: 20_000, validation: 5000 };
const QUICK: ExperimentData = { dataset: "digits", train: 1000, validation: 500, test: 500 };

/** Spikes per unit of every hidden layer before it learns. */
const START = [null, ...[0.25, 0.5, 1, 1.5].map((spikesPerUnit) => ({ spikesPerUnit }))];

/** The best eighth of the trials learns for 4 epochs with three seeds. */
const TUNING: Tuning = {
  trials: 32,
  seed: 1,
  seeds: [101, 102, 103],
  halving: { epochs: [1, 4], keep: 1 / 8, seeds: [1, 3] },
  data: [{ ...MNIST, train: 5000 }],
};

function recurrent(units: number): LayerConfig[] {
  return [{ type: "dense", units, recurrent: true }];
}

/** Activation through time, and e-prop with errors by the weights of the output or by fixed random ones. */
function variants(scale: Scale): Variant[] {
  return Object.entries(STRUCTURES[scale]).flatMap(([at, hidden]) => {
    const ground: Ground = { input: 784, steps: 100, hidden, epochs: scale === "quick" ? 3 : 8 };
    const of = (rule: "activation" | "eprop"): Variant => {
      const { search, ...variant } = searchedWider([rule, "membrane"], ground, at);
      return { ...variant, search: { ...search, "training.initialActivity": START } };
    };
    const [through, eprop] = [of("activation"), of("eprop")];
    const rule: RuleConfig = { ...SEARCHED_RULES.eprop, feedback: "random" };
    return [through, eprop, { ...eprop, series: "eprop, random feedback", config: { ...eprop.config, rule } }];
  });
}

export const verdictEprop: Experiment = {
  name: "verdict-eprop",
  title: "e-prop beside activation through time, on a recurrent network and on one of two hidden layers",
  question:
    "What does e-prop lose, which takes no error through time or through recurrent weights, against activation by the whole backward pass? A readout's mean membrane " +
    "decides for all; each variant is searched by itself, with the ranges of `verdict-wider` and 32 points on 5,000 images. 20,000 images, 8 epochs, three fresh seeds.",
  data: (scale) => [scale === "quick" ? QUICK : MNIST],
  seeds: { quick: 1, full: 3 },
  bestBy: "membrane",
  axis: "Hidden layers",
  tuning: (scale) => (scale === "quick" ? quickTuning(QUICK) : TUNING),
  variants,
  figures: [
    { type: "spread", measure: "membrane", title: "Accuracy by membrane" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
