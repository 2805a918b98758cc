import * as Plot from "@observablehq/plot";
import { fields, record } from "../check/fields.js";
import { listOf } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { checkedLearnt, type LayerParameters, type LearntName } from "../results.js";
import { COLOURS } from "./colours.js";
import { figure, type Key, type Panel, panel, short } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";

/** What a layer learns beside weights and biases; its parameters are such. */
export type LearntLayer = Pick<LayerParameters, "learnt">;

export interface LearntOptions extends FigureOptions {
  /** Layers at an earlier time, for example before a training. */
  before?: readonly LearntLayer[];
}

const layersOf = listOf<LearntLayer>((value, path) => {
  const { learnt } = record(value, path, "DATA_FORMAT");
  return learnt === undefined ? {} : { learnt: checkedLearnt(learnt, `${path}.learnt`) };
});

const learntOptions = fields<LearntOptions>({ ...FIGURE, before: layersOf });

const MIN_BINS = 10;
const MAX_BINS = 40;
const NOW = COLOURS.blue;
const BEFORE = COLOURS.orange;

/**
 * Plots the distribution of learnt constants and delays in each layer, now and before. A constant that all units share is a line.
 *
 * @param layers `network.parameters()`.
 * @throws {SpikeletError} `SHAPE_MISMATCH` where no layer has any.
 */
export function learntHistogram(layers: readonly LearntLayer[], options: LearntOptions = {}): string {
  const { width = 640, before = [] } = learntOptions(options, "");
  const now = layersOf(layers, "layers");
  const parts = now.flatMap(({ learnt = {} }, layer) =>
    Object.entries(learnt).map(([name, values]): Part => {
      const place = layer === now.length - 1 ? "Output" : `Layer ${layer}`;
      return { place, name, values, before: before[layer]?.learnt?.[name as LearntName] };
    }),
  );
  if (parts.length === 0) throw new SpikeletError("SHAPE_MISMATCH", "layers", "must have learnt constants or delays");
  const texts = parts.map(described);
  const panels = parts.map((part, k) => drawn(part, texts[k] as string, width));
  const hasBefore = parts.some((part) => part.before !== undefined);
  const keys: Key[] = [
    { label: "before", colour: BEFORE, shape: "square" },
    { label: "now", colour: NOW, shape: "line" },
  ];
  return figure(panels, `histograms of what layers learn: ${texts.join("; ")}`, { ...options, ...(hasBefore ? { keys } : {}) });
}

/** What one layer learns by one name. */
interface Part {
  place: string;
  name: string;
  values: Float32Array;
  before: Float32Array | undefined;
}

function described({ place, name, values, before }: Part): string {
  const [now, then] = [mean(values), before && mean(before)];
  const unit = name === "delays" ? " steps" : "";
  const numbers = then === undefined ? digits(now) : `${digits(then)} → ${digits(now)}`;
  return `${place}, ${name}: ${values.length === 1 ? "" : "mean "}${numbers}${unit}`;
}

function drawn({ values, before }: Part, text: string, width: number): Panel {
  const all = before === undefined ? [values] : [before, values];
  const [from, to] = range(all);
  const isOne = all.every(({ length }) => length === 1);
  return panel({
    width,
    height: isOne ? 84 : 154,
    marginTop: 28,
    marginLeft: 60,
    marginRight: 24,
    marginBottom: 28,
    x: { domain: [from, to], label: null, ticks: 6, tickFormat: digits },
    y: isOne
      ? { axis: null, domain: [0, 1] }
      : { label: "Share (%)", grid: true, ticks: 4, zero: true, nice: true, tickFormat: short },
    marks: [
      ...(isOne ? lines(all) : histograms(all, from, to)),
      Plot.ruleY([0]),
      Plot.text([text], { frameAnchor: "top-right", dy: -16, fontSize: 11 }),
    ],
  });
}

/** A line for each number, the last one for what is now. */
function lines(all: readonly Float32Array[]): Plot.Markish[] {
  return all.map(([value], k) => {
    const isNow = k === all.length - 1;
    return Plot.ruleX([value], { stroke: isNow ? NOW : BEFORE, strokeWidth: isNow ? 2 : 5, strokeOpacity: isNow ? 1 : 0.6 });
  });
}

/** Bars for what was before, and the outline of what is now; bars for that too where nothing was before. */
function histograms(all: readonly Float32Array[], from: number, to: number): Plot.Markish[] {
  const now = shares(all.at(-1) as Float32Array, from, to);
  const edges = { x1: "from", x2: "to", y1: 0, y2: "share" } as const;
  const before = all.length > 1 ? all[0] : undefined;
  if (before === undefined) return [Plot.rect(now, { ...edges, fill: NOW, inset: 0.3 })];
  const outline = [
    { x: from, y: 0 },
    ...now.flatMap(({ from: x, to: end, share: y }) => [
      { x, y },
      { x: end, y },
    ]),
    { x: to, y: 0 },
  ];
  return [
    Plot.rect(shares(before, from, to), { ...edges, fill: BEFORE, fillOpacity: 0.6, inset: 0.3 }),
    Plot.line(outline, { x: "x", y: "y", stroke: NOW, strokeWidth: 2 }),
  ];
}

/** Percent of the values in each bin. */
function shares(values: Float32Array, from: number, to: number): { from: number; to: number; share: number }[] {
  const bins = Math.min(MAX_BINS, Math.max(MIN_BINS, Math.ceil(2 * Math.sqrt(values.length))));
  const counts = new Array<number>(bins).fill(0);
  const size = (to - from) / bins;
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - from) / size)));
    counts[bin] = (counts[bin] ?? 0) + 100 / values.length;
  }
  return counts.map((share, k) => ({ from: from + k * size, to: from + (k + 1) * size, share }));
}

/** From the smallest to the largest of all values, with room where they are all the same or single ones. */
function range(all: readonly Float32Array[]): [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all) {
    for (const value of values) {
      from = Math.min(from, value);
      to = Math.max(to, value);
    }
  }
  if (from > to) return [0, 1];
  const isBroad = to > from && all.some(({ length }) => length > 1);
  const room = isBroad ? 0 : to > from ? 0.25 * (to - from) : 0.05 * Math.abs(to) || 1;
  return [from - room, to + room];
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Four digits, as decays near 1 need. */
const digits = (value: number): string => String(Number(value.toPrecision(4)));
