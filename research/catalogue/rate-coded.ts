import type { LossConfig } from "spikelet";
import { encode } from "spikelet";
import type { BestBy } from "spikelet/study";
import type { Experiment, Variant } from "../experiment.js";
import { digits, digitsConfig, RULES } from "./shared.js";

/** Each loss with the decision that it trains. */
const LOSSES: Record<string, { loss: LossConfig; bestBy: BestBy }> = {
  "count loss": { loss: { type: "count", positive: 10, negative: 1 }, bestBy: "count" },
  "latency loss": { loss: { type: "latency", inverseTemperature: 0.3 }, bestBy: "firstSpike" },
};

export const rateCoded: Experiment = {
  name: "rate-coded",
  title: "images as rates instead of latencies",
  question:
    "Every pixel fires at random, the brighter the more often (at most 0.1 spikes a step). What is left of the differences between the rules, " +
    "and what does the loss do? The count loss gives no spike-time gradient at the output: the timing rule has only its silent-unit update there.",
  data: (scale) => digits(scale).map((data) => ({ ...data, encoding: encode.rate({ max: 0.1 }) })),
  seeds: { quick: 1, full: 3 },
  bestBy: "count",
  axis: "Loss",
  variants: (scale) =>
    Object.entries(LOSSES).flatMap(([at, { loss, bestBy }]) =>
      Object.entries(RULES).map(([series, rule]): Variant => {
        const base = digitsConfig(scale, rule, { loss });
        return { series, at, bestBy, config: { ...base, network: { ...base.network, steps: 100 } } };
      }),
    ),
  figures: [
    { type: "spread", measure: "count", title: "Accuracy by count" },
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "scatter", x: "spikes", y: "count", title: "Accuracy by count against spikes" },
  ],
};
