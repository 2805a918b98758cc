import type { AntlrRule, Config } from "spikelet";
import type { BestBy } from "spikelet/study";
import type { Experiment, ExperimentData, Scale, Variant } from "../experiment.js";
import { dense, UNCHOSEN } from "./shared.js";
import { tuned } from "./tuned.js";

type Weights = Pick<AntlrRule, "activationWeight" | "timingWeight" | "weightSchedule">;

const IMAGES: Readonly<Record<Scale, ExperimentData>> = {
  quick: { dataset: "digits", train: 1500, validation: 500, test: 500 },
  full: { dataset: "fashionMnist", train: 20_000 },
};

/** Where the balance is changed. */
interface Place {
  /** Instead of the images. */
  data?: readonly ExperimentData[];
  bestBy: BestBy;
  config: Config;
}

/** Balances for networks of two spiking layers that learn for so many epochs. */
function balances(epochs: number): Readonly<Record<string, Weights>> {
  const rising = [
    { epoch: 0, factor: 0 },
    { epoch: Math.floor(epochs / 2), factor: 1 },
  ];
  const falling = [
    { epoch: 0, factor: 1 },
    { epoch: epochs - 1, factor: 0.1 },
  ];
  return {
    equal: {},
    "activation × 2": { activationWeight: 2 },
    "timing × 2": { timingWeight: 2 },
    "hidden: activation × 2": { activationWeight: [2, 1] },
    "hidden: timing × 2": { timingWeight: [1, 2] },
    "timing joins": { weightSchedule: { interpolation: "linear", timing: rising } },
    "activation joins": { weightSchedule: { interpolation: "linear", activation: rising } },
    "activation fades": { weightSchedule: { interpolation: "linear", activation: falling } },
  };
}

function places(scale: Scale): Readonly<Record<string, Place>> {
  const isQuick = scale === "quick";
  const epochs = isQuick ? 100 : 2000;
  return {
    [isQuick ? "digits" : "Fashion-MNIST"]: { bestBy: "firstSpike", config: tuned(scale, "antlr") },
    "spike trains": {
      data: [{ dataset: "spikeTrainMatching", isDrawnPerSeed: true, isRemembered: true }],
      bestBy: "loss",
      config: {
        network: { input: 100, steps: 100, layers: dense(100, 10) },
        loss: { type: "spikeTrain", kernelDecay: 0.9 },
        optimizer: { type: "adam", learningRate: 0.003 },
        schedule: { type: "step", every: epochs / 2, factor: 0.3 },
        training: { batchSize: 1, epochs },
      },
    },
  };
}

export const balanceSchedules: Experiment = {
  name: "balance-schedules",
  title: "the balance of the two gradients by layer and by epoch",
  question:
    "ANTLR with a part that has twice the weight everywhere or in the hidden layer, that joins over the first half of the training, or that fades: on 20,000 images " +
    "of Fashion-MNIST with the settings that the search of `verdict` chose on MNIST, and for target spike trains (as `spike-train-matching`, with a hidden layer), " +
    "where the loss is the result.",
  data: (scale) => [IMAGES[scale]],
  seeds: { quick: 1, full: 5 },
  bestBy: "firstSpike",
  objective: UNCHOSEN,
  axis: "Data",
  variants: (scale) =>
    Object.entries(places(scale)).flatMap(([at, { bestBy, config, ...data }]) =>
      Object.entries(balances(config.training?.epochs ?? 0)).map(([series, weights]): Variant => {
        const rule = { ...config.rule, type: "antlr", ...weights } as const;
        return { series, at, bestBy, config: { ...config, rule }, ...data };
      }),
    ),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "loss", title: "Loss" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
  ],
};
