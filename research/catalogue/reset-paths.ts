import type { ResetPath, ResetPaths, RuleConfig } from "spikelet";
import type { PointSummary } from "spikelet/study";
import type { Experiment, Scale, Variant } from "../experiment.js";
import { digits, digitsConfig } from "./shared.js";
import { TUNED_DATA, tuned } from "./tuned.js";

const PATHS: Record<string, ResetPath> = { ignore: "ignore", full: "full", "window 0.1": { window: 0.1 }, "lag 5": { lag: 5 } };

/** Each rule with a path for the parts that it has. */
const RULES: Record<string, (path: ResetPath) => RuleConfig> = {
  activation: (activation) => ({ type: "activation", ...through({ activation }) }),
  timing: (timing) => ({ type: "timing", resetPath: { timing } }),
  antlr: (path) => ({ type: "antlr", ...through({ activation: path, timing: path }) }),
};

/** What the series begin with whose settings the searches of `verdict` chose. */
const TUNED = "tuned-";

/** Whether a point has the settings that the searches of `verdict` chose. */
export function isTuned({ rows }: PointSummary): boolean {
  return String(rows[0].run.settings["series"]).startsWith(TUNED);
}

export const resetPaths: Experiment = {
  name: "reset-paths",
  title: "should gradient pass through the reset?",
  question:
    "A spike sets membrane and current to zero, which changes what the unit does later. The rules ignore that by default; here the gradient takes " +
    'the path fully, only near the threshold (window 0.1), or only for the next 5 steps (lag 5), in every part that the rule has. The activation rule sees little of the latency loss; the "tuned" ' +
    "series have the settings that the searches of `verdict` chose, for the activation rule with the count loss, and 20,000 digits.",
  data: digits,
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Reset path",
  variants: (scale) => [
    ...Object.entries(RULES).flatMap(([series, rule]) =>
      Object.entries(PATHS).map(([at, path]): Variant => ({ series, at, config: digitsConfig(scale, rule(path)) })),
    ),
    ...Object.entries(PATHS).flatMap(([at, path]) => tunedVariants(scale, at, path)),
  ],
  figures: [
    { type: "spread", measure: "firstSpike", title: "Accuracy" },
    { type: "spread", measure: "perUnit0", title: "Hidden spikes" },
    { type: "epochs", value: "loss", title: "Learning" },
  ],
};

/** Only the variant `rnn` knows a reset path of the activation part. */
function through(resetPath: ResetPaths): { variant: "rnn"; resetPath: ResetPaths } {
  return { variant: "rnn", resetPath };
}

/** With the settings that the searches of `verdict` chose, the activation rule with a loss that it sees. */
function tunedVariants(scale: Scale, at: string, path: ResetPath): Variant[] {
  const data = TUNED_DATA[scale];
  const activation = tuned(scale, "activation", { resetPath: { activation: path } });
  const antlr = tuned(scale, "antlr", { resetPath: { activation: path, timing: path } });
  return [
    { series: `${TUNED}activation`, at, data, bestBy: "count", config: activation },
    { series: `${TUNED}antlr`, at, data, config: antlr },
  ];
}
