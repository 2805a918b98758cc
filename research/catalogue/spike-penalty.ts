import type { Experiment, Scale, Variant } from "../experiment.js";
import { TUNED_DATA, tuned } from "./tuned.js";

const PENALTIES: Readonly<Record<Scale, readonly number[]>> = {
  quick: [0, 0.0003],
  full: [0, 0.00001, 0.0001, 0.0003, 0.001, 0.003],
};

export const spikePenalty: Experiment = {
  name: "spike-penalty",
  title: "what do spikes cost in accuracy, by rule?",
  question:
    "Each hidden spike adds to the loss. How far do the spikes of ANTLR (latency loss) and of the activation rule (count loss) fall, each with the settings that the " +
    "search of `verdict` chose, before the accuracy does? The losses have different sizes, so read accuracy against spikes, not against the penalty.",
  data: (scale) => TUNED_DATA[scale],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Penalty of a spike",
  variants: (scale) =>
    (["antlr", "activation"] as const).flatMap((series) =>
      PENALTIES[scale].map((at): Variant => {
        const config = tuned(scale, series, { regularizers: { spikePenalty: at } });
        return { series, at, bestBy: series === "activation" ? "count" : "firstSpike", config };
      }),
    ),
  figures: [
    { type: "scatter", x: "spikes", y: "firstSpike", title: "Accuracy by first spike against spikes" },
    { type: "lines", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
