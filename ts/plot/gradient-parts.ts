import { fields } from "../check/fields.js";
import type { Gradients } from "../results.js";
import { COLOURS } from "./colours.js";
import { figure } from "./figure.js";
import { dots, type Ends, horizontalLine, type Mark, type Point, segments } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { panel } from "./panel.js";
import { linear, rangeOf } from "./scale.js";
import type { Shape } from "./shapes.js";
import { SPIKE_PARTS, type SpikePartsOptions, spikeParts } from "./spike-parts.js";
import { stepAxis } from "./step-axis.js";
import { niceRange } from "./ticks.js";
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
  const values = parts.flatMap(({ activation, timing }) => [activation, timing]);
  const drawn = panel({
    width,
    height: 260,
    margin: { top: 24, right: 24, bottom: 36, left: 70 },
    x: stepAxis(steps, width),
    y: { scale: linear(niceRange(rangeOf([0, ...values]))), label: "Gradient dL/dV at a spike (per unit of membrane)" },
    marks: [
      horizontalLine(0, { opacity: 0.5 }),
      ...stems(
        parts.map(({ step, activation }) => [step, activation]),
        { colour: COLOURS.blue, shape: "circle", dx: -1.5 },
      ),
      ...stems(
        parts.map(({ step, timing }) => [step, timing]),
        { colour: COLOURS.vermillion, shape: "diamond", dx: 1.5 },
      ),
    ],
  });
  const keys = [
    { label: "activation part", colour: COLOURS.blue, shape: "circle" },
    { label: "timing part", colour: COLOURS.vermillion, shape: "diamond" },
  ] as const;
  const description = `activation and timing part of the gradient at the ${parts.length} spikes of layer ${layer}`;
  return figure([drawn], description, { ...options, keys });
}

/** A dot at each point, with a line from zero. */
function stems(points: readonly Point[], { colour, shape, dx }: { colour: string; shape: Shape; dx: number }): Mark[] {
  const lines = points.map(([x, y]): Ends => [x, 0, x, y]);
  return [segments(lines, { colour, width: 2 }, { dx }), dots(points, { colour, shape, r: 3.5 }, { dx })];
}
