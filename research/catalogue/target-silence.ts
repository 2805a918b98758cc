import type { LatencyLoss } from "spikelet";
import type { Experiment, Variant } from "../experiment.js";
import { TUNED_DATA, tuned } from "./tuned.js";

/** What the latency loss has beside the softmax of first spike times. */
const TERMS: readonly { series: string; at: number; loss: Partial<LatencyLoss> }[] = [
  ...[0, 0.01, 0.1, 1].map((at) => ({ series: "silent-target penalty", at, loss: { silentTargetPenalty: at } })),
  ...[1, 10].map((at) => ({
    series: "count of the target",
    at,
    loss: { silentTargetPenalty: 0, targetCount: { scope: "silent" as const, weight: at } },
  })),
  ...[1, 10].map((at) => ({
    series: "counts of all outputs",
    at,
    loss: { silentTargetPenalty: 0, targetCount: { scope: "all" as const, weight: at } },
  })),
];

export const targetSilence: Experiment = {
  name: "target-silence",
  title: "does ANTLR need a term against silent targets, and do counts help?",
  question:
    "The softmax of first spike times gives nothing to a labelled output that never fires. A penalty for that, or a count term in its place, reaches the activation " +
    "part alone; how strong must it be, and what does a count of all outputs do? 784-800-10 with the settings that the search of `verdict` chose for ANTLR at a penalty of 0.1.",
  data: (scale) => TUNED_DATA[scale],
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Strength",
  variants: (scale) => TERMS.map(({ loss, ...labels }): Variant => ({ ...labels, config: tuned(scale, "antlr", { loss }) })),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
