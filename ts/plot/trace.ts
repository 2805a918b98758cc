import { record } from "../check/fields.js";
import { finite, floats, listOf } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Gradients } from "../results.js";
import type { TraceArrays } from "../runtime/backend.js";
import { checkPrediction } from "./layers.js";

/** The trace of a layer, and how many steps the sample ran. */
export function tracedSample(
  gradients: Gradients,
  sample: number,
  requested: number | undefined,
): { trace: TraceArrays; layer: number; steps: number } {
  record(gradients, "gradients", "DATA_FORMAT");
  const { trace, prediction } = gradients;
  checkPrediction(prediction, "prediction");
  if (trace === undefined) {
    throw new SpikeletError("SHAPE_MISMATCH", "trace", "is missing: gradients(batch, { trace: true }) records it");
  }
  listOf(checkTrace)(trace, "trace");
  const layer = requested ?? trace.length - 1;
  const found = trace[layer];
  if (found === undefined) throw new SpikeletError("SHAPE_MISMATCH", "layer", `must be below ${trace.length}, got ${layer}`);
  const steps = prediction.steps[sample];
  if (steps === undefined) {
    throw new SpikeletError("SHAPE_MISMATCH", "sample", `must be below ${prediction.steps.length}, got ${sample}`);
  }
  return { trace: found, layer, steps };
}

/** What plots read of a trace is what its type says. */
function checkTrace(trace: unknown, path: string): void {
  const given = record(trace, path, "DATA_FORMAT");
  for (const name of ["units", "steps"]) finite(given[name], `${path}.${name}`);
  for (const name of ["membrane", "direct", "activationPart", "timingPart"]) floats(given[name], `${path}.${name}`);
}
