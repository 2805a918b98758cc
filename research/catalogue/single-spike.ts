import type { Experiment, Variant } from "../experiment.js";
import { TUNED_DATA, type TunedRule, tuned } from "./tuned.js";

const SERIES: readonly TunedRule[] = ["antlr", "activation", "timing"];
const LIMITS = { "any number": false, "at most one": true } as const;

export const singleSpike: Experiment = {
  name: "single-spike",
  title: "what does it cost when each unit may fire once at most?",
  question:
    "The paper's restricted experiment: three rules with the settings that the search of `verdict` chose for free units, and each unit silent for the rest of the " +
    "sample after its first spike. Accuracy by the decision that the loss trains.",
  data: (scale) => TUNED_DATA[scale],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Spikes of a unit",
  variants: (scale) =>
    SERIES.flatMap((series) =>
      Object.entries(LIMITS).map(([at, isLimited]): Variant => {
        const config = tuned(scale, series);
        const network = { ...config.network, neuron: { singleSpike: isLimited } };
        return { series, at, bestBy: series === "activation" ? "count" : "firstSpike", config: { ...config, network } };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "scatter", x: "spikes", y: "firstSpike", title: "Accuracy by first spike against spikes" },
  ],
};
