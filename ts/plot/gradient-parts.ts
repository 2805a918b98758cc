import * as Plot from "@observablehq/plot";
import { SpikeletError } from "../errors.js";
import type { RuleConfig } from "../generated/config.js";
import type { Gradients } from "../results.js";
import { COLOURS } from "./colours.js";
import { tracedSample } from "./membrane.js";
import { type PictureOptions, panel, picture, short } from "./picture.js";

export interface GradientPartsOptions extends PictureOptions {
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
export function spikeParts(gradients: Gradients, options: GradientPartsOptions): SpikeParts[] {
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

/** {@link spikeParts} over the steps, the activation and the timing part in two colours. */
export function gradientParts(gradients: Gradients, options: GradientPartsOptions): string {
  const { sample = 0, width = 640 } = options;
  const { layer, steps } = tracedSample(gradients, sample, options.layer);
  const parts = spikeParts(gradients, options);
  const drawn = panel({
    width,
    height: 260,
    marginLeft: 70,
    marginRight: 24,
    marginTop: 24,
    marginBottom: 36,
    x: { domain: [0, Math.max(1, steps)], label: "Step" },
    y: { label: "Gradient dL/dV at a spike (per unit of membrane)", nice: true, tickFormat: short },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.5 }),
      Plot.ruleX(parts, { x: "step", y1: 0, y2: "activation", stroke: COLOURS.blue, strokeWidth: 2, dx: -1.5 }),
      Plot.ruleX(parts, { x: "step", y1: 0, y2: "timing", stroke: COLOURS.vermillion, strokeWidth: 2, dx: 1.5 }),
      Plot.dot(parts, { x: "step", y: "activation", fill: COLOURS.blue, r: 3.5, dx: -1.5 }),
      Plot.dot(parts, { x: "step", y: "timing", fill: COLOURS.vermillion, r: 3.5, symbol: "diamond", dx: 1.5 }),
    ],
  });
  const keys = [
    { label: "activation part", colour: COLOURS.blue, shape: "circle" },
    { label: "timing part", colour: COLOURS.vermillion, shape: "diamond" },
  ] as const;
  const description = `activation and timing part of the gradient at the ${parts.length} spikes of layer ${layer}`;
  return picture([drawn], description, { ...options, keys });
}
