import { type FieldChecks, fields } from "../check/fields.js";
import { whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Gradients } from "../results.js";
import { tracedSample } from "./trace.js";

/** Which spikes to look at. */
export interface SpikePartsOptions {
  /** Sample of the batch; the first by default. */
  sample?: number;
  /** Spiking layer from the input up; the output by default. */
  layer?: number;
}

/** A check for each of {@link SpikePartsOptions}. */
export const SPIKE_PARTS: FieldChecks<SpikePartsOptions> = { sample: whole(), layer: whole() };

const spikePartsOptions = fields<SpikePartsOptions>(SPIKE_PARTS);

/** The two parts that a spike adds to dL/dV. */
export interface SpikeParts {
  step: number;
  unit: number;
  /** `λ_act σ'(V) S̄`. */
  activation: number;
  /** `−λ_tim T̄ / V'`. */
  timing: number;
}

/**
 * Returns the two parts of G, the direct dL/dV, at every spike of a sample (spec 5.4).
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` without a trace, sample or layer, `CONFIG_INVALID` for gradients of a mixture, whose
 * parts come from two passes and are not traced.
 */
export function spikeParts(gradients: Gradients, options: SpikePartsOptions = {}): SpikeParts[] {
  const { sample = 0, layer: requested } = spikePartsOptions(options, "");
  const { trace, layer } = tracedSample(gradients, sample, requested);
  const { activationPart, timingPart, direct } = trace;
  if (activationPart.length !== direct.length) {
    throw new SpikeletError("CONFIG_INVALID", "rule.type", "a mixture has no trace of its parts");
  }
  const { times, units } = gradients.prediction.layers[layer]?.sample(sample) ?? { times: [], units: [] };
  return Array.from(times, (step, event) => {
    const unit = units[event] ?? 0;
    const at = (sample * trace.steps + step) * trace.units + unit;
    return { step, unit, activation: activationPart[at] ?? 0, timing: timingPart[at] ?? 0 };
  });
}
