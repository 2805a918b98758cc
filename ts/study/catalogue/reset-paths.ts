import type { ResetPath, ResetPaths, RuleConfig } from "../../generated/config.js";
import type { Experiment, Variant } from "../plan/experiment.js";
import { digits, digitsConfig } from "./shared.js";

const PATHS: Record<string, ResetPath> = { ignore: "ignore", full: "full", "window 0.1": { window: 0.1 }, "lag 5": { lag: 5 } };

/** The activation rule with a loss that it sees. */
const COUNTED = "activation by count";

/** Each rule with a path for the parts that it has. */
const RULES: Record<string, (path: ResetPath) => RuleConfig> = {
  activation: (activation) => ({ type: "activation", ...through({ activation }) }),
  [COUNTED]: (activation) => ({ type: "activation", ...through({ activation }) }),
  timing: (timing) => ({ type: "timing", resetPath: { timing } }),
  antlr: (path) => ({ type: "antlr", ...through({ activation: path, timing: path }) }),
};

export const resetPaths: Experiment = {
  name: "reset-paths",
  title: "should gradient pass through the reset?",
  question:
    "A spike sets membrane and current to zero, which changes what the unit does later. The rules ignore that by default; here the gradient takes " +
    "the path fully, only near the threshold (window 0.1), or only for the next 5 steps (lag 5), in every part that the rule has. The activation rule sees little of the latency loss, so it also learns with the count loss.",
  data: digits,
  seeds: { quick: 1, full: 3 },
  bestBy: "firstSpike",
  axis: "Reset path",
  variants: (scale) =>
    Object.entries(RULES).flatMap(([series, rule]) =>
      Object.entries(PATHS).map(([at, path]): Variant => {
        if (series !== COUNTED) return { series, at, config: digitsConfig(scale, rule(path)) };
        return { series, at, bestBy: "count", config: digitsConfig(scale, rule(path), { loss: { type: "count", positive: 2 } }) };
      }),
    ),
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
