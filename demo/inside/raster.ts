import { strokes, svg } from "../page/svg.js";
import type { Axis } from "./axis.js";
import type { Activity, Spikes } from "./insight.js";
import { TimedFigure } from "./timed-figure.js";

const GAP = 26;
const HEIGHTS = [100, 100, 90];

/** Every spike of input, hidden layer and output. */
export class Raster extends TimedFigure {
  protected override draw(activity: Activity, axis: Axis) {
    const bands = [
      { name: "Input", spikes: activity.input, units: activity.inputs },
      ...activity.layers.map((spikes, layer) => ({
        name: layer === activity.layers.length - 1 ? "Output" : "Hidden",
        spikes,
        units: activity.sizes[layer] ?? 1,
      })),
    ];
    const still: Node[] = [];
    const timed: SVGElement[] = [];
    let top = 18;
    for (const [k, { name, spikes, units }] of bands.entries()) {
      const height = HEIGHTS[k] ?? 100;
      still.push(axis.band(top, height), axis.heading(top, name, count(spikes)));
      if (spikes.times.length === 0) still.push(axis.empty(top, height, "silent"));
      timed.push(
        svg("path", { d: strokesOf(spikes, units, axis, top, height), class: name === "Input" ? "spikes input" : "spikes" }),
      );
      top += height + GAP;
    }
    still.push(...axis.ticks(top - GAP + 16));
    const counts = bands.map(({ name, spikes }) => `${name.toLowerCase()} ${spikes.times.length}`);
    return { height: top - GAP + 20, still, timed, description: `Spikes over ${activity.steps} steps: ${counts.join(", ")}` };
  }
}

function count({ times }: Spikes): string {
  return `${times.length} spike${times.length === 1 ? "" : "s"}`;
}

function strokesOf({ times, units: fired }: Spikes, units: number, axis: Axis, top: number, height: number): string {
  const row = height / units;
  const points = Array.from(times, (step, k) => [axis.x(step), top + (units - 0.5 - (fired[k] ?? 0)) * row] as const);
  return strokes(points, Math.min(8, Math.max(4, 0.8 * row)));
}
