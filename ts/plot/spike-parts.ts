import { SpikeletError } from "../errors.js";
import type { RuleConfig } from "../generated/config.js";
import type { Gradients } from "../results.js";
import { tracedSample } from "./trace.js";

/** Which spikes to look at. */
export interface SpikePartsOptions {
  /** Rule that the gradients were computed with: `network.config.rule`. */
  rule: RuleConfig;
  /** Sample of the batch; the first unless given. */
  sample?: number;
  /** Spiking layer from the input up; the output unless given. */
  layer?: number;
}

/** What a spike adds to dL/dV, by where it comes from. */
export interface SpikeParts {
  step: number;
  unit: number;
  /** `λ_act σ'(V) S̄`. */
  activation: number;
  /** `−λ_tim T̄ / V'`. */
  timing: number;
}

/**
 * The two parts of G, the direct dL/dV, at every spike of a sample (spec 5.4).
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` without a trace, sample or layer, `CONFIG_INVALID` for a mixture, whose parts
 * come from two passes and are not traced.
 */
export function spikeParts(gradients: Gradients, options: SpikePartsOptions): SpikeParts[] {
  const { rule, sample = 0 } = options;
  if (rule.type === "mixture") throw new SpikeletError("CONFIG_INVALID", "rule.type", "a mixture has no trace of its parts");
  const { trace, layer } = tracedSample(gradients, sample, options.layer);
  const weight = rule.type === "timing" ? 1 : rule.type === "antlr" ? (rule.timingWeight ?? 1) : 0;
  const { times, units } = gradients.prediction.layers[layer]?.sample(sample) ?? { times: [], units: [] };
  return Array.from(times, (step, event) => {
    const unit = units[event] ?? 0;
    const at = (sample * trace.steps + step) * trace.units + unit;
    const direct = trace.direct[at] ?? 0;
    const timing = (-weight * (trace.timingGradient[at] ?? 0)) / (trace.slope[at] ?? 1);
    // What is below single precision is no part of its own.
    const rest = direct - timing;
    return { step, unit, timing, activation: Math.abs(rest) <= 1e-6 * Math.abs(direct) ? 0 : rest };
  });
}
