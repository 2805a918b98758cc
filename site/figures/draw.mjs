// node site/figures/draw.mjs: writes the figures of the pages that are no results of a training.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/stamps.mjs";
import { architecture } from "./architecture.mjs";
import { cost } from "./cost.mjs";
import { encoders } from "./encoders.mjs";
import { activationGraph, antlrGraph, timingGraph } from "./gradients.mjs";
import { kernelShares } from "./kernels.mjs";
import { live } from "./live.mjs";
import { delays, flow, resets, weight } from "./membranes.mjs";
import { schedules } from "./schedules.mjs";
import { deltaAndLevels } from "./signals.mjs";
import { speed } from "./speed.mjs";
import { shiftedAndBorn } from "./spikes.mjs";
import { twoActivations } from "./two-activations.mjs";

/** Text of each file of docs/figures, by its name. */
export const FIGURES = {
  "graph-activation": activationGraph,
  "graph-timing": timingGraph,
  "graph-antlr": antlrGraph,
  "shifted-and-born": shiftedAndBorn,
  "two-activations": twoActivations,
  weight,
  flow,
  speed,
  cost,
  architecture,
  live,
  encoders,
  resets,
  delays,
  schedules,
  "delta-and-levels": deltaAndLevels,
  "kernel-shares": kernelShares,
};

if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of Object.entries(FIGURES)) writeFileSync(join(ROOT, "docs/figures", `${name}.svg`), text);
}
