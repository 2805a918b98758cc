import type { Config, RuleConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { TUNED_DATA, tuned } from "./tuned.js";

const POSITIVE = [1, 4] as const;

/** The settings that the search of `verdict` chose for the activation rule, with another rule and count. */
function config(scale: Scale, type: "activation" | "antlr", positive: number): Config {
  const chosen = tuned(scale, "activation", {});
  return { ...chosen, rule: { ...chosen.rule, type } as RuleConfig, loss: { type: "count", positive } };
}

export const commonCount: Experiment = {
  name: "common-count",
  title: "activation and ANTLR with the same count loss and the same settings",
  question:
    "The count loss has no gradient for spike times at the output, but ANTLR's hidden units feel how spikes move. Does that help? Settings are those that the search " +
    "of `verdict` chose for the activation rule with a target of one spike, so that they favour it; 20,000 digits, 6 epochs.",
  data: (scale) => TUNED_DATA[scale],
  seeds: { quick: 1, full: 3 },
  bestBy: "count",
  axis: "Wanted spikes of the label",
  variants: (scale) =>
    (["activation", "antlr"] as const).flatMap((series) =>
      POSITIVE.map((at): Variant => ({ series, at, config: config(scale, series, at) })),
    ),
  figures: [
    { type: "spread", measure: "count", title: "Accuracy by count" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
