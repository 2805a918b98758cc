import * as Plot from "@observablehq/plot";
import { fields } from "../check/fields.js";
import { finite, listOf, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Gradients } from "../results.js";
import { COLOURS } from "./colours.js";
import { largest, smallest } from "./extremes.js";
import { figure, panel } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { tracedSample } from "./trace.js";

export interface MembraneOptions extends FigureOptions {
  /** Sample of the batch; the first by default. */
  sample?: number;
  /** Spiking layer from the input up; the output by default. */
  layer?: number;
  /** Units to show; the first six by default. */
  units?: readonly number[];
  /** `network.neuron.threshold`; 1 by default. */
  threshold?: number;
}

const membraneOptions = fields<MembraneOptions>({
  ...FIGURE,
  sample: whole(),
  layer: whole(),
  units: listOf(whole()),
  threshold: finite,
});

/**
 * Plots membranes over the steps (before reset), with the threshold; the first spike is marked.
 *
 * @param gradients of `network.gradients(batch, { trace: true })`.
 * @throws {SpikeletError} `SHAPE_MISMATCH` if there is no trace, or no such sample, layer or unit.
 */
export function membraneTraces(gradients: Gradients, options: MembraneOptions = {}): string {
  const { sample = 0, threshold = 1, width = 640 } = membraneOptions(options, "");
  const { trace, layer, steps } = tracedSample(gradients, sample, options.layer);
  const units = options.units ?? Array.from({ length: Math.min(6, trace.units) }, (_, unit) => unit);
  const events = gradients.prediction.layers[layer]?.sample(sample);
  const lines = units.map((unit) => {
    if (unit < 0 || unit >= trace.units) {
      throw new SpikeletError("SHAPE_MISMATCH", "units", `must be below ${trace.units}, got ${unit}`);
    }
    return Array.from({ length: steps }, (_, step) => ({
      step,
      membrane: trace.membrane[(sample * trace.steps + step) * trace.units + unit] ?? 0,
    }));
  });
  const values = lines.flatMap((line) => line.map(({ membrane }) => membrane));
  const domain = [smallest(values, 0), 1.15 * largest(values, threshold)];
  const panels = lines.map((line, k) => {
    const isLast = k === lines.length - 1;
    const unit = units[k] ?? 0;
    const fired = events === undefined ? [] : [...events.times].filter((_, event) => events.units[event] === unit);
    const spikes = line.filter(({ step }) => fired.includes(step));
    return panel({
      width,
      height: isLast ? 112 : 82,
      marginTop: 12,
      marginBottom: isLast ? 36 : 6,
      marginLeft: 70,
      marginRight: 24,
      x: { domain: [0, Math.max(1, steps)], label: isLast ? "Step" : null, axis: isLast ? "bottom" : null },
      y: { domain, label: null, ticks: [0, threshold] },
      marks: [
        Plot.text([`unit ${unit}`], { frameAnchor: "left", dx: -64, textAnchor: "start", fontSize: 11 }),
        Plot.ruleY([threshold], { strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.ruleY([0], { strokeOpacity: 0.25 }),
        Plot.line(line, { x: "step", y: "membrane", stroke: COLOURS.blue, strokeWidth: 1.5 }),
        Plot.dot(spikes, { x: "step", y: "membrane", r: 2.5, stroke: COLOURS.vermillion }),
        Plot.dot(spikes.slice(0, 1), { x: "step", y: "membrane", r: 4, fill: COLOURS.vermillion, symbol: "diamond" }),
        Plot.text(spikes.slice(0, 1), {
          x: "step",
          y: "membrane",
          text: ({ step }: { step: number }) => `first at ${step}`,
          dx: 8,
          dy: -7,
          textAnchor: "start",
        }),
      ],
    });
  });
  const keys = [
    { label: "membrane V", colour: COLOURS.blue, shape: "line" },
    { label: "threshold", colour: "currentColor", shape: "dashed" },
    { label: "first spike", colour: COLOURS.vermillion, shape: "diamond" },
  ] as const;
  const description = `membrane potential over ${steps} steps of units ${units.join(", ")} of layer ${layer}, with the threshold at ${threshold}`;
  return figure(panels, description, { ...options, keys });
}
