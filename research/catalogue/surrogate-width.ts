import type { Surrogate } from "spikelet";
import type { Experiment } from "../experiment.js";
import { TUNED_DATA, tuned } from "./tuned.js";

/** Shape and width; the first is that of the searches. */
const SURROGATES: readonly { series: string; at: string; surrogate?: Surrogate }[] = [
  { series: "exponential", at: "sharpness 5.4" },
  { series: "triangle", at: "halfWidth 1", surrogate: { type: "triangle", halfWidth: 1 } },
  { series: "triangle", at: "halfWidth 0.5", surrogate: { type: "triangle", halfWidth: 0.5 } },
  { series: "triangle", at: "halfWidth 0.3", surrogate: { type: "triangle", halfWidth: 0.3 } },
];

/** Units out of reach of a narrow surrogate need an update that does not look at gradients; all have it here. */
const SILENT_UNIT_UPDATE = { rules: "all", strength: 0.01 } as const;

export const surrogateWidth: Experiment = {
  name: "surrogate-width",
  title: "what does a narrow surrogate cost?",
  question:
    "A surrogate that is 0 away from the threshold makes deep and recurrent networks fast. Here ANTLR learns all of MNIST with the settings that the search of `verdict` chose, " +
    "and with triangles in place of the exponential; all with a weak silent-unit update (0.01).",
  data: (scale) => (scale === "quick" ? TUNED_DATA.quick : [{ dataset: "mnist" }]),
  seeds: { quick: 1, full: 5 },
  bestBy: "firstSpike",
  axis: "Surrogate",
  variants: (scale) =>
    SURROGATES.map(({ series, at, surrogate }) => ({
      series,
      at,
      config: tuned(scale, "antlr", {
        ...(surrogate ? { surrogate } : {}),
        training: { ...(scale === "full" ? { epochs: 15 } : {}), silentUnitUpdate: SILENT_UNIT_UPDATE },
      }),
    })),
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy by first spike" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "accuracy", title: "Learning" },
  ],
};
