import * as Plot from "@observablehq/plot";
import { fields } from "../check/fields.js";
import type { Gradients } from "../results.js";
import { COLOURS } from "./colours.js";
import { figure, panel, short } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { SPIKE_PARTS, type SpikePartsOptions, spikeParts } from "./spike-parts.js";
import { tracedSample } from "./trace.js";

export type GradientPartsOptions = FigureOptions & SpikePartsOptions;

const gradientPartsOptions = fields<GradientPartsOptions>({ ...FIGURE, ...SPIKE_PARTS });

/**
 * Plots {@link spikeParts} over the steps, with the activation and the timing part in two colours.
 *
 * @param gradients of `network.gradients(batch, { trace: true })`.
 * @throws {SpikeletError} `SHAPE_MISMATCH` without a trace, sample or layer, `CONFIG_INVALID` for gradients of a mixture.
 */
export function gradientParts(gradients: Gradients, options: GradientPartsOptions = {}): string {
  const { width = 640, title: _, ...which } = gradientPartsOptions(options, "");
  const { layer, steps } = tracedSample(gradients, which.sample ?? 0, which.layer);
  const parts = spikeParts(gradients, which);
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
  return figure([drawn], description, { ...options, keys });
}
