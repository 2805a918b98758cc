import type { TrainingConfig } from "spikelet";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { digits, digitsConfig, RULES } from "./shared.js";

const HIDDEN: Record<Scale, readonly number[]> = { quick: [0.05, 0.5], full: [0.01, 0.03, 0.1, 0.3, 1, 1.5] };

export const initialActivity: Experiment = {
  name: "initial-activity",
  title: "how much should a network fire before it learns?",
  question:
    "The drawn weights are scaled until the hidden layer fires the given spikes per unit and the output 0.3. Timing gradients exist at spikes only, so a " +
    "silent start should hurt them most; the timing rule keeps its update for silent units, without which its output dies.",
  data: digits,
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Hidden spikes per unit at the start",
  variants: (scale) =>
    Object.entries(RULES).flatMap(([series, rule]) =>
      HIDDEN[scale].map((hidden): Variant => {
        const training: TrainingConfig = { initialActivity: { spikesPerUnit: [hidden, 0.3] } };
        return { series, at: hidden, config: digitsConfig(scale, rule, { training }) };
      }),
    ),
  figures: [
    { type: "lines", measure: "firstSpike", title: "Accuracy by initial activity" },
    { type: "lines", measure: "perUnit0", title: "Hidden spikes after training", isLogarithmic: true },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
