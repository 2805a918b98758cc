import * as Plot from "@observablehq/plot";
import { fields } from "../check/fields.js";
import { flag, text } from "../check/values.js";
import { largest, smallest } from "./extremes.js";
import { figure, panel, short } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { checkPoints, look, type SeedPoint, summaryOf } from "./seeds.js";
import { wholeTicks } from "./ticks.js";

export interface LinesOptions extends FigureOptions {
  /** What the axes measure, with their units. */
  x: string;
  y: string;
  /** Whether the horizontal axis is logarithmic; its numbers must be above 0. */
  isLogarithmic?: boolean;
  /** Whether every run is shown as a dot; `true` by default. */
  dots?: boolean;
}

const linesOptions = fields<LinesOptions>({ ...FIGURE, x: text, y: text, isLogarithmic: flag, dots: flag }, "x", "y");

/** Plots the means of each series over x, with bars of ± one standard deviation over the runs, and every run as a dot. */
export function seedLines(runs: readonly SeedPoint[], options: LinesOptions): string {
  const { width = 640, dots = true, isLogarithmic = false } = linesOptions(options, "");
  checkPoints(runs, isLogarithmic);
  const series = [...new Set(runs.map((run) => run.series))];
  const lines = series.map((name) => {
    const own = runs.filter((run) => run.series === name);
    const places = [...new Set(own.map(({ x }) => x))].sort((a, b) => a - b);
    return places.map((x) => ({ x, ...summaryOf(own.filter((run) => run.x === x).map(({ y }) => y)) }));
  });
  const drawn = panel({
    width,
    height: 320,
    marginTop: 24,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 40,
    x: { label: options.x, grid: true, ...axisOf(runs, isLogarithmic) },
    y: { label: options.y, grid: true, nice: true },
    marks: lines.flatMap((points, k) => {
      const { colour, shape } = look(k);
      const own = runs.filter((run) => run.series === series[k]);
      return [
        Plot.line(points, { x: "x", y: "mean", stroke: colour, strokeWidth: 2 }),
        Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke: colour, strokeOpacity: dots ? 1 : 0.35 }),
        dots ? Plot.dot(own, { x: "x", y: "y", stroke: colour, symbol: shape, r: 2.5, strokeOpacity: 0.7 }) : null,
        dots ? Plot.dot(points, { x: "x", y: "mean", fill: colour, symbol: shape, r: 4 }) : null,
      ];
    }),
  });
  const keys = series.map((label, k) => ({ label, ...(dots ? look(k) : { colour: look(k).colour, shape: "line" as const }) }));
  const ends = lines.map((points, k) => `${series[k]} ends at ${points.at(-1)?.text ?? "nothing"}`);
  return figure([drawn], `${options.y} over ${options.x}, means over seeds: ${ends.join(", ")}`, { ...options, keys });
}

/** Whole numbers, such as epochs, get no ticks between them. */
function axisOf(runs: readonly SeedPoint[], isLogarithmic: boolean): Plot.ScaleOptions {
  if (isLogarithmic) return { type: "log", tickFormat: short };
  const places = runs.map(({ x }) => x);
  if (places.length === 0 || !places.every(Number.isInteger)) return { nice: true };
  const [first, last] = [smallest(places), largest(places)];
  return { domain: [first, Math.max(first + 1, last)], ticks: wholeTicks(first, Math.max(first + 1, last)), tickFormat: "d" };
}
