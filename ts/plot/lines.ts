import { fields } from "../check/fields.js";
import { flag, text } from "../check/values.js";
import { largest, smallest } from "./extremes.js";
import { figure } from "./figure.js";
import { dots, type Ends, line, type Point, segments } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { type Axis, panel } from "./panel.js";
import { linear, logarithmic, logarithmicRangeOf, rangeOf } from "./scale.js";
import { checkPoints, look, type SeedPoint, summaryOf } from "./seeds.js";
import { niceRange, wholeTicks } from "./ticks.js";

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
  const { width = 640, dots: hasDots = true, isLogarithmic = false } = linesOptions(options, "");
  checkPoints(runs, isLogarithmic);
  const series = [...new Set(runs.map((run) => run.series))];
  const lines = series.map((name) => {
    const own = runs.filter((run) => run.series === name);
    const places = [...new Set(own.map(({ x }) => x))].sort((a, b) => a - b);
    return places.map((x) => ({ x, ...summaryOf(own.filter((run) => run.x === x).map(({ y }) => y)) }));
  });
  const heights = lines.flatMap((points) => points.flatMap(({ low, high }) => [low, high]));
  const drawn = panel({
    width,
    height: 320,
    margin: { top: 24, right: 30, bottom: 40, left: 60 },
    x: { label: options.x, hasGrid: true, ...axisOf(runs, isLogarithmic) },
    y: {
      scale: linear(niceRange(rangeOf([...heights, ...(hasDots ? runs.map(({ y }) => y) : [])]))),
      label: options.y,
      hasGrid: true,
    },
    marks: lines.flatMap((points, k) => {
      const { colour, shape } = look(k);
      const own = runs.filter((run) => run.series === series[k]).map(({ x, y }): Point => [x, y]);
      const means = points.map(({ x, mean }): Point => [x, mean]);
      const deviations = points.map(({ x, low, high }): Ends => [x, low, x, high]);
      return [
        line(means, { colour, width: 2 }),
        segments(deviations, { colour, opacity: hasDots ? 1 : 0.35 }),
        hasDots ? dots(own, { colour, shape, r: 2.5, isOutline: true, opacity: 0.7 }) : null,
        hasDots ? dots(means, { colour, shape, r: 4 }) : null,
      ];
    }),
  });
  const keys = series.map((label, k) => ({ label, ...(hasDots ? look(k) : { colour: look(k).colour, shape: "line" as const }) }));
  const ends = lines.map((points, k) => `${series[k]} ends at ${points.at(-1)?.text ?? "nothing"}`);
  return figure([drawn], `${options.y} over ${options.x}, means over seeds: ${ends.join(", ")}`, { ...options, keys });
}

/** Whole numbers, such as epochs, get no ticks between them. */
function axisOf(runs: readonly SeedPoint[], isLogarithmic: boolean): Axis {
  const places = runs.map(({ x }) => x);
  if (isLogarithmic) return { scale: logarithmic(logarithmicRangeOf(places)) };
  const range = rangeOf(places);
  if (places.length === 0 || !places.every(Number.isInteger)) return { scale: linear(niceRange(range)) };
  const first = smallest(places);
  const last = Math.max(first + 1, largest(places));
  return { scale: linear([first, last]), ticks: wholeTicks(first, last) };
}
