import { fields } from "../check/fields.js";
import { finite, listOf, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Gradients } from "../results.js";
import { COLOURS } from "./colours.js";
import { figure, short } from "./figure.js";
import { dots, horizontalLine, line, type Mark, type Point, texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { panel } from "./panel.js";
import { linear, rangeOf } from "./scale.js";
import { stepAxis } from "./step-axis.js";
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
    return Array.from({ length: steps }, (_, step): Point => {
      return [step, trace.membrane[(sample * trace.steps + step) * trace.units + unit] ?? 0];
    });
  });
  const [low, high] = rangeOf([0, threshold, ...valuesOf(lines)]);
  // The first spike has its text above it.
  const y = linear([low, high + 0.15 * (high - low)]);
  const panels = lines.map((points, k) => {
    const isLast = k === lines.length - 1;
    const unit = units[k] ?? 0;
    const fired = events === undefined ? [] : [...events.times].filter((_, event) => events.units[event] === unit);
    const spikes = points.filter(([step]) => fired.includes(step));
    const [first] = spikes;
    return panel({
      width,
      height: isLast ? 112 : 82,
      margin: { top: 12, right: 24, bottom: isLast ? 36 : 6, left: 70 },
      x: stepAxis(steps, width, isLast),
      y: { scale: y, ticks: { values: [0, threshold], text: short } },
      marks: [
        texts([`unit ${unit}`], ({ top, bottom }) => [6, (top + bottom) / 2], { anchor: "start", size: 11 }),
        horizontalLine(threshold, { opacity: 0.7, isDashed: true }),
        horizontalLine(0, { opacity: 0.25 }),
        line(points, { colour: COLOURS.blue, width: 1.5 }),
        dots(spikes, { colour: COLOURS.vermillion, r: 2.5, isOutline: true }),
        ...(first === undefined
          ? []
          : [dots([first], { colour: COLOURS.vermillion, shape: "diamond", r: 4 }), firstSpike(first)]),
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

function* valuesOf(lines: readonly (readonly Point[])[]): Iterable<number> {
  for (const line of lines) for (const [, membrane] of line) yield membrane;
}

/** The step of a spike beside it, to the left where there is no room to the right. */
function firstSpike([step, membrane]: Point): Mark {
  return (area) => {
    const isLeft = area.x(step) > area.right - 60;
    const place = (): Point => [area.x(step) + (isLeft ? -8 : 8), area.y(membrane) - 7];
    return texts([`first at ${step}`], place, { anchor: isLeft ? "end" : "start" })(area);
  };
}
