import * as Plot from "@observablehq/plot";
import { fields, record } from "../check/fields.js";
import { finite, flag, listOf, positive, text } from "../check/values.js";
import { spread } from "../spread.js";
import { SERIES } from "./colours.js";
import { smallest } from "./extremes.js";
import { figure, panel, short } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";

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

/** Plots every run as a dot, with mean ± standard deviation over the runs of each series. */
export function seedSpread(runs: readonly SeedValue[], options: SpreadOptions): string {
  const { width = 640, label, zero = false } = spreadOptions(options, "");
  checkRuns(runs, "value");
  const groups = grouped(runs);
  const names = [...groups.keys()];
  const summaries = names.map((series) => ({ series, ...summaryOf((groups.get(series) ?? []).map(({ value }) => value)) }));
  const longest = (texts: readonly string[]) => Math.max(6, ...texts.map(({ length }) => length));
  const letters = Math.min(longest(names), Math.floor((MAX_MARGIN * width) / LETTER));
  const drawn = panel({
    width,
    height: 56 + 38 * names.length,
    marginTop: 10,
    marginLeft: 24 + LETTER * letters,
    marginRight: Math.min(MAX_MARGIN * width, 20 + 5.6 * longest(summaries.map(({ text }) => text))),
    marginBottom: 40,
    x: { label, zero, nice: true, grid: true },
    y: { type: "band", domain: names, label: null, tickSize: 0, tickFormat: (name: string) => shortened(name, letters) },
    marks: [
      ...names.map((series, k) => {
        const { colour, shape } = look(k);
        return Plot.dot(groups.get(series) ?? [], {
          x: "value",
          y: "series",
          fill: colour,
          symbol: shape,
          fillOpacity: 0.75,
          r: 4,
        });
      }),
      Plot.ruleY(summaries, { x1: "low", x2: "high", y: "series", strokeWidth: 1.5, dy: 11 }),
      Plot.tickX(summaries, { x: "mean", y: "series", strokeWidth: 2, insetTop: 20, insetBottom: 2 }),
      Plot.text(summaries, { y: "series", frameAnchor: "right", dx: 10, textAnchor: "start", text: "text" }),
    ],
  });
  const means = summaries.map(({ series, text }) => `${series} ${text}`).join(", ");
  return figure([drawn], `${label}, mean and standard deviation over seeds: ${means}`, options);
}

/**
 * Plots every run as a dot by two measures (for example accuracy over spikes), with a cross of means ± standard deviations for
 * each series.
 */
export function seedScatter(runs: readonly SeedPoint[], options: ScatterOptions): string {
  const { width = 640, isLogarithmic = false } = scatterOptions(options, "");
  checkPoints(runs, isLogarithmic);
  const groups = [...grouped(runs)];
  const marks = groups.flatMap(([, points], k) => {
    const { colour, shape } = look(k);
    const places = points.map((point) => point.x);
    const [x, y] = [summaryOf(places), summaryOf(points.map((point) => point.y))];
    // A logarithmic axis has no place below 0, where a large deviation may end.
    const from = isLogarithmic && x.low <= 0 ? smallest(places) : x.low;
    return [
      Plot.ruleX([y], { x: x.mean, y1: "low", y2: "high", stroke: colour }),
      Plot.ruleY([x], { y: y.mean, x1: from, x2: "high", stroke: colour }),
      Plot.dot(points, { x: "x", y: "y", stroke: colour, symbol: shape, r: 3, strokeOpacity: 0.8 }),
      Plot.dot([0], { x: x.mean, y: y.mean, fill: colour, symbol: shape, r: 6 }),
    ];
  });
  const drawn = panel({
    width,
    height: 360,
    marginTop: 24,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 40,
    x: { label: options.x, grid: true, ...(isLogarithmic ? { type: "log", tickFormat: short } : { nice: true }) },
    y: { label: options.y, nice: true, grid: true },
    marks,
  });
  const keys = groups.map(([label], k) => ({ label, ...look(k) }));
  const means = groups.map(([series, points]) => {
    return `${series} ${summaryOf(points.map(({ y }) => y)).text} at ${summaryOf(points.map(({ x }) => x)).text}`;
  });
  return figure([drawn], `${options.y} over ${options.x}, means over seeds: ${means.join(", ")}`, { ...options, keys });
}

/** A name without its middle where it has more letters; names of variants often differ at their ends. */
function shortened(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.floor((letters - 1) / 2);
  return `${name.slice(0, letters - 1 - end)}…${name.slice(-end)}`;
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

/** Mean and sample standard deviation of at least one value; the latter is 0 for a single one. */
export function summaryOf(values: readonly number[]): { mean: number; low: number; high: number; text: string } {
  const { mean, deviation, count } = spread(values);
  const text = count > 1 ? `${rounded(mean, mean)} ± ${rounded(deviation, mean)} (n = ${count})` : short(mean);
  return { mean, low: mean - deviation, high: mean + deviation, text };
}

/** With the decimals that `scale` has in three digits, four at most. */
function rounded(value: number, scale: number): string {
  const decimals = 2 - Math.floor(Math.log10(Math.abs(scale) || 1));
  return short(Number(value.toFixed(Math.min(4, Math.max(0, decimals)))));
}
