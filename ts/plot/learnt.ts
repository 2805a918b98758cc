import { fields, record } from "../check/fields.js";
import { listOf } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { checkedLearnt, type LayerParameters, type LearntName } from "../results.js";
import { COLOURS } from "./colours.js";
import { figure, type Key } from "./figure.js";
import { boxes, type Ends, horizontalLine, line, type Mark, type Point, texts, verticalLine } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { NO_TICKS, type Panel, panel } from "./panel.js";
import { linear, rangeOf } from "./scale.js";
import { niceRange, type Range } from "./ticks.js";

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
  const places = range(all);
  const isOne = all.every(({ length }) => length === 1);
  const bins = isOne ? [] : all.map((one) => shares(one, places));
  const largest = rangeOf([0, ...bins.flatMap((own) => own.map(([, , , share]) => share))]);
  return panel({
    width,
    height: isOne ? 84 : 154,
    margin: { top: 28, right: 24, bottom: 28, left: 60 },
    x: { scale: linear(places), ticks: Math.min(6, width / 80) },
    y: isOne
      ? { scale: linear([0, 1]), ticks: NO_TICKS }
      : { scale: linear(niceRange(largest)), label: "Share (%)", ticks: 4, hasGrid: true },
    marks: [
      ...(isOne ? lines(all) : histograms(bins)),
      horizontalLine(0),
      texts([text], ({ right, top }) => [right, top - 12], { anchor: "end", size: 11 }),
    ],
  });
}

/** A line for each number, the last one for what is now. */
function lines(all: readonly Float32Array[]): Mark[] {
  return all.map(([value = 0], k) => {
    const isNow = k === all.length - 1;
    return verticalLine(value, isNow ? { colour: NOW, width: 2 } : { colour: BEFORE, width: 5, opacity: 0.6 });
  });
}

/** Bars for what was before, and the outline of what is now; bars for that too where nothing was before. */
function histograms(bins: readonly Ends[][]): Mark[] {
  const [now = [], before] = [...bins].reverse();
  if (before === undefined) return [boxes(now, NOW, { inset: 0.3 })];
  const top = now.flatMap(([from, , to, share]): Point[] => [
    [from, share],
    [to, share],
  ]);
  const outline: Point[] = [[top[0]?.[0] ?? 0, 0], ...top, [top.at(-1)?.[0] ?? 0, 0]];
  return [boxes(before, BEFORE, { opacity: 0.6, inset: 0.3 }), line(outline, { colour: NOW, width: 2 })];
}

/** A bar for each bin, as high as its percentage of the values. */
function shares(values: Float32Array, [from, to]: Range): Ends[] {
  const bins = Math.min(MAX_BINS, Math.max(MIN_BINS, Math.ceil(2 * Math.sqrt(values.length))));
  const counts = new Array<number>(bins).fill(0);
  const size = (to - from) / bins;
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - from) / size)));
    counts[bin] = (counts[bin] ?? 0) + 100 / values.length;
  }
  return counts.map((share, k) => [from + k * size, 0, from + (k + 1) * size, share]);
}

/** From the smallest to the largest of all values, with room where they are all the same or single ones. */
function range(all: readonly Float32Array[]): Range {
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
