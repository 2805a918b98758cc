import { fields, record } from "../check/fields.js";
import { finite, flag, listOf, positive, text } from "../check/values.js";
import { spread } from "../spread.js";
import { SERIES } from "./colours.js";
import { smallest } from "./extremes.js";
import { figure, short } from "./figure.js";
import { dots, type Ends, type Point, segments, texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { panel } from "./panel.js";
import { linear, logarithmic, logarithmicRangeOf, rangeOf } from "./scale.js";
import { shortened } from "./shortened.js";
import { niceRange } from "./ticks.js";

/** One run of an experiment. */
export interface SeedValue {
  /** What was varied: the rule, the setting, the library. */
  series: string;
  value: number;
}

/** One run of an experiment, by two measures. */
export interface SeedPoint {
  series: string;
  x: number;
  y: number;
}

/** Colour and shape of a series. */
export interface Look {
  colour: (typeof SERIES)[number]["colour"];
  shape: (typeof SERIES)[number]["shape"];
}

export interface SpreadOptions extends FigureOptions {
  /** What is measured, with its unit. */
  label: string;
  /** Whether the axis starts at zero. */
  zero?: boolean;
}

export interface ScatterOptions extends FigureOptions {
  /** What the axes measure, with their units. */
  x: string;
  y: string;
  /** Whether the horizontal axis is logarithmic; its numbers must be above 0. */
  isLogarithmic?: boolean;
}

const spreadOptions = fields<SpreadOptions>({ ...FIGURE, label: text, zero: flag }, "label");

const scatterOptions = fields<ScatterOptions>({ ...FIGURE, x: text, y: text, isLogarithmic: flag }, "x", "y");

/** Checks that runs have a series and finite numbers. */
function checkRuns(runs: unknown, ...measures: readonly string[]): void {
  listOf((run, path) => {
    const given = record(run, path, "DATA_FORMAT");
    text(given["series"], `${path}.series`);
    for (const name of measures) finite(given[name], `${path}.${name}`);
  })(runs, "runs");
}

/** A logarithmic axis has no place for `x` at or below 0. */
export function checkPoints(runs: readonly SeedPoint[], isLogarithmic: boolean): void {
  checkRuns(runs, "x", "y");
  if (isLogarithmic) runs.forEach(({ x }, k) => void positive(x, `runs[${k}].x`));
}

/** Mean width of a letter of the names. */
const LETTER = 6.6;
/** Share of the width that names, or numbers, take at most. */
const MAX_MARGIN = 0.4;
/** Height of the row of a series. */
const ROW = 38;

/** Plots every run as a dot, with mean ± standard deviation over the runs of each series. */
export function seedSpread(runs: readonly SeedValue[], options: SpreadOptions): string {
  const { width = 640, label, zero = false } = spreadOptions(options, "");
  checkRuns(runs, "value");
  const groups = grouped(runs);
  const names = [...groups.keys()];
  const summaries = names.map((series) => ({ series, ...summaryOf((groups.get(series) ?? []).map(({ value }) => value)) }));
  const longest = (texts: readonly string[]) => Math.max(6, ...texts.map(({ length }) => length));
  const letters = Math.min(longest(names), Math.floor((MAX_MARGIN * width) / LETTER));
  const values = [...runs.map(({ value }) => value), ...summaries.flatMap(({ low, high }) => [low, high])];
  const drawn = panel({
    width,
    height: 56 + ROW * names.length,
    margin: {
      top: 10,
      right: Math.min(MAX_MARGIN * width, 20 + 5.6 * longest(summaries.map(({ text }) => text))),
      bottom: 40,
      left: 24 + LETTER * letters,
    },
    x: { scale: linear(niceRange(rangeOf(zero ? [0, ...values] : values))), label, hasGrid: true },
    // Row k lies around k, the first one on top.
    y: {
      scale: linear([Math.max(1, names.length) - 0.5, -0.5]),
      ticks: { values: [...names.keys()], text: (k) => shortened(names[k] ?? "", letters) },
      tickSize: 0,
      gap: 9,
    },
    marks: [
      ...names.map((series, k) => {
        const { colour, shape } = look(k);
        const points = (groups.get(series) ?? []).map(({ value }): Point => [value, k]);
        return dots(points, { colour, shape, r: 4, opacity: 0.75 });
      }),
      segments(
        summaries.map(({ low, high }, k): Ends => [low, k, high, k]),
        { width: 1.5 },
        { dy: 11 },
      ),
      segments(
        summaries.map(({ mean }, k): Ends => [mean, k, mean, k + 13 / ROW]),
        { width: 2 },
        { dy: 3 },
      ),
      texts(
        summaries.map(({ text }) => text),
        ({ right, y }, k) => [right + 10, y(k)],
        { anchor: "start" },
      ),
    ],
  });
  const means = summaries.map(({ series, text }) => `${series} ${text}`).join(", ");
  return figure([drawn], `${label}, mean and standard deviation over seeds: ${means}`, options);
}

/** The runs of a series, and both measures over them. */
interface Cross {
  series: string;
  points: readonly SeedPoint[];
  x: Summary;
  y: Summary;
}

/**
 * Plots every run as a dot by two measures (for example accuracy over spikes), with a cross of means ± standard deviations for
 * each series.
 */
export function seedScatter(runs: readonly SeedPoint[], options: ScatterOptions): string {
  const { width = 640, isLogarithmic = false } = scatterOptions(options, "");
  checkPoints(runs, isLogarithmic);
  const groups = [...grouped(runs)].map(([series, points]): Cross => {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [x, y] = [summaryOf(xs), summaryOf(ys)];
    // A logarithmic axis has no place below 0, where a large deviation may end.
    return { series, points, x: isLogarithmic && x.low <= 0 ? { ...x, low: smallest(xs) } : x, y };
  });
  const xs = [...runs.map(({ x }) => x), ...groups.flatMap(({ x }) => [x.low, x.high])];
  const ys = [...runs.map(({ y }) => y), ...groups.flatMap(({ y }) => [y.low, y.high])];
  const drawn = panel({
    width,
    height: 360,
    margin: { top: 24, right: 30, bottom: 40, left: 60 },
    x: {
      scale: isLogarithmic ? logarithmic(logarithmicRangeOf(xs)) : linear(niceRange(rangeOf(xs))),
      label: options.x,
      hasGrid: true,
    },
    y: { scale: linear(niceRange(rangeOf(ys))), label: options.y, hasGrid: true },
    marks: groups.flatMap(({ points, x, y }, k) => {
      const { colour, shape } = look(k);
      const deviations: Ends[] = [
        [x.mean, y.low, x.mean, y.high],
        [x.low, y.mean, x.high, y.mean],
      ];
      return [
        segments(deviations, { colour }),
        dots(
          points.map((point): Point => [point.x, point.y]),
          { colour, shape, r: 3, isOutline: true, opacity: 0.8 },
        ),
        dots([[x.mean, y.mean]], { colour, shape, r: 6 }),
      ];
    }),
  });
  const keys = groups.map(({ series: label }, k) => ({ label, ...look(k) }));
  const means = groups.map(({ series, x, y }) => `${series} ${y.text} at ${x.text}`);
  return figure([drawn], `${options.y} over ${options.x}, means over seeds: ${means.join(", ")}`, { ...options, keys });
}

/** What series look like that are more than there are colours: shapes with the next colour, so that no two are alike among 36. */
export function look(index: number): Look {
  const { shape } = SERIES[index % SERIES.length] ?? SERIES[0];
  const { colour } = SERIES[(index + Math.floor(index / SERIES.length)) % SERIES.length] ?? SERIES[0];
  return { colour, shape };
}

function grouped<Run extends { series: string }>(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) groups.set(run.series, [...(groups.get(run.series) ?? []), run]);
  return groups;
}

/** A mean, and a standard deviation below and above it. */
export interface Summary {
  mean: number;
  low: number;
  high: number;
  text: string;
}

/** Mean and sample standard deviation of at least one value; the latter is 0 for a single one. */
export function summaryOf(values: readonly number[]): Summary {
  const { mean, deviation, count } = spread(values);
  const text = count > 1 ? `${rounded(mean, mean)} ± ${rounded(deviation, mean)} (n = ${count})` : short(mean);
  return { mean, low: mean - deviation, high: mean + deviation, text };
}

/** With the decimals that `scale` has in three digits, four at most. */
function rounded(value: number, scale: number): string {
  const decimals = 2 - Math.floor(Math.log10(Math.abs(scale) || 1));
  return short(Number(value.toFixed(Math.min(4, Math.max(0, decimals)))));
}
