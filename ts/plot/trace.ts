import { SpikeletError } from "../errors.js";
import type { Gradients, LayerTrace } from "../results.js";

/** The trace of a layer, and how many steps the sample ran. */
export function tracedSample(
  { trace, prediction }: Gradients,
  sample: number,
  wanted: number | undefined,
): { trace: LayerTrace; layer: number; steps: number } {
  if (trace === undefined) {
    throw new SpikeletError("SHAPE_MISMATCH", "trace", "is missing: gradients(batch, { trace: true }) records it");
  }
  const layer = wanted ?? trace.length - 1;
  const found = trace[layer];
  if (found === undefined) throw new SpikeletError("SHAPE_MISMATCH", "layer", `must be below ${trace.length}, got ${layer}`);
  const steps = prediction.steps[sample];
  if (steps === undefined) {
    throw new SpikeletError("SHAPE_MISMATCH", "sample", `must be below ${prediction.steps.length}, got ${sample}`);
  }
  return { trace: found, layer, steps };
}
