import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { listOf, oneOf } from "../check/values.js";
import type { Prediction } from "../results.js";
import { SpikeEvents } from "../spikes.js";
import { COLOURS } from "./colours.js";
import { largest } from "./extremes.js";
import { figure } from "./figure.js";
import { spikeLayers, unitCount } from "./layers.js";
import { boxes, type Ends, horizontalLine, texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { type Panel, panel } from "./panel.js";
import { linear, rangeOf } from "./scale.js";
import { stepTicks } from "./step-axis.js";
import { niceRange, type Ticks } from "./ticks.js";

export interface HistogramOptions extends FigureOptions {
  /** `"step"`: when spikes happen; `"unit"`: how many spikes a unit emits in a sample. `"step"` by default. */
  by?: "step" | "unit";
  /** Number of steps on the axis; by default up to the last spike. */
  steps?: number;
  /** Number of units of each layer, from the first spiking layer up; by default up to the last unit that fires. */
  units?: readonly number[];
}

const histogramOptions = fields<HistogramOptions>({
  ...FIGURE,
  by: oneOf("step", "unit"),
  steps: stepCount,
  units: listOf(unitCount),
});

/** More spikes than this of a unit in a sample share the last bar. */
const MAX = 20;
const BINS = 60;

/** Plots when the layers fire (by step), or how many spikes their units emit (by unit), averaged over the samples. */
export function spikeHistogram(of: SpikeEvents | Pick<Prediction, "layers">, options: HistogramOptions = {}): string {
  const { by = "step", width = 640, units = [], steps: given } = histogramOptions(options, "");
  const layers = spikeLayers(of);
  const steps = given ?? 1 + Math.max(0, ...layers.map(({ times }) => largest(times)));
  const panels = layers.map((events, layer) => {
    const name = of instanceof SpikeEvents ? "" : layer === layers.length - 1 ? "Output" : `Layer ${layer}`;
    const place: Place = { name, width, isLast: layer === 0 };
    return by === "step"
      ? overSteps(events, steps, place)
      : overUnits(events, units[layer] ?? 1 + largest(events.units, 0), place);
  });
  const samples = layers[0]?.length ?? 0;
  const what = by === "step" ? "spikes over the steps" : "spikes of a unit in a sample";
  return figure(panels.reverse(), `histogram of ${what}, ${samples} samples`, options);
}

interface Place {
  name: string;
  width: number;
  isLast: boolean;
}

function overSteps(events: SpikeEvents, steps: number, place: Place): Panel {
  const size = Math.max(1, Math.ceil(steps / BINS));
  const bins = Array.from({ length: Math.ceil(steps / size) }, (_, k) => {
    return { from: k * size, to: Math.min(steps, (k + 1) * size), value: 0 };
  });
  for (const time of events.times) {
    const bin = bins[Math.floor(time / size)];
    if (bin !== undefined) bin.value += 1 / Math.max(1, events.length) / (bin.to - bin.from);
  }
  return bars(bins, place, {
    x: "Step",
    y: "Spikes per sample and step",
    domain: [0, steps],
    ticks: stepTicks(steps, place.width),
  });
}

function overUnits(events: SpikeEvents, units: number, place: Place): Panel {
  const counts = new Array<number>(MAX + 1).fill(0);
  const add = (count: number, times: number) => {
    counts[Math.min(MAX, count)] = (counts[Math.min(MAX, count)] ?? 0) + times;
  };
  for (let sample = 0; sample < events.length; sample++) {
    const own = new Map<number, number>();
    for (const unit of events.sample(sample).units) if (unit < units) own.set(unit, 1 + (own.get(unit) ?? 0));
    for (const count of own.values()) add(count, 1);
    add(0, units - own.size);
  }
  const last = Math.max(
    1,
    counts.findLastIndex((count) => count > 0),
  );
  const pairs = Math.max(1, units * events.length);
  const bins = counts.slice(0, last + 1).map((count, k) => ({ from: k - 0.4, to: k + 0.4, value: (100 * count) / pairs }));
  const text = (count: number) => (count === MAX ? `≥ ${MAX}` : String(count));
  return bars(bins, place, {
    x: "Spikes of a unit in a sample",
    y: "Share of units (%)",
    domain: [-0.6, last + 0.6],
    ticks: { values: bins.map((_, k) => k), text },
  });
}

interface Bin {
  from: number;
  to: number;
  value: number;
}

interface Axes {
  x: string;
  y: string;
  domain: [number, number];
  ticks: Ticks;
}

function bars(bins: readonly Bin[], { name, width, isLast }: Place, { x, y, domain, ticks }: Axes): Panel {
  const values = rangeOf([0, ...bins.map(({ value }) => value)]);
  return panel({
    width,
    height: isLast ? 160 : 150,
    margin: { top: 28, right: 24, bottom: isLast ? 36 : 26, left: 60 },
    x: { scale: linear(domain), label: isLast ? x : undefined, ticks },
    y: { scale: linear(niceRange(values)), label: y, ticks: 4, hasGrid: true },
    marks: [
      boxes(
        bins.map(({ from, to, value }): Ends => [from, 0, to, value]),
        COLOURS.blue,
        { inset: 0.3 },
      ),
      horizontalLine(0),
      texts([name], ({ right, top }) => [right, top - 12], { anchor: "end", size: 11 }),
    ],
  });
}
