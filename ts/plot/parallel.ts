import { fields, record } from "../check/fields.js";
import { finite, flag, listOf, positive, text as string } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { COLOURS } from "./colours.js";
import { polylines } from "./dense-marks.js";
import { largest, smallest } from "./extremes.js";
import { figure, short } from "./figure.js";
import { type Ends, segments, texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { NO_TICKS, panel } from "./panel.js";
import { linear } from "./scale.js";

/** One quantity, as an upright axis. */
export interface ParallelAxis {
  label: string;
  /** Whether the axis is logarithmic; its numbers must be above 0. */
  isLogarithmic?: boolean;
}

/** A run as a line that meets each axis at its value. */
export interface ParallelRun {
  /** One for each axis; an axis with values that are not numbers shows them in the order in which they occur. */
  values: readonly (number | string)[];
  /** Whether the line stands out. */
  isBest?: boolean;
}

export interface ParallelOptions extends FigureOptions {
  axes: readonly ParallelAxis[];
}

const parallelOptions = fields<ParallelOptions>(
  { ...FIGURE, axes: listOf(fields<ParallelAxis>({ label: string, isLogarithmic: flag }, "label")) },
  "axes",
);

const checkRuns = listOf((run, path) => {
  const { values, isBest } = record(run, path, "DATA_FORMAT");
  if (isBest !== undefined) flag(isBest, `${path}.isBest`);
  listOf((value, place) => (typeof value === "string" ? value : finite(value, place)))(values, `${path}.values`);
});

/** Each run has a value for each axis, and a logarithmic one has no place for numbers at or below 0. */
function checkShapes(runs: readonly ParallelRun[], axes: readonly ParallelAxis[]): void {
  for (const [k, { values }] of runs.entries()) {
    const path = `runs[${k}].values`;
    if (values.length !== axes.length) {
      throw new SpikeletError(
        "SHAPE_MISMATCH",
        path,
        `must have ${axes.length} entries, one for each axis, has ${values.length}`,
      );
    }
    for (const [axis, value] of values.entries()) {
      if (axes[axis]?.isLogarithmic && typeof value === "number") positive(value, `${path}[${axis}]`);
    }
  }
}

/**
 * Plots every run as a line across the axes, which shows what good runs have in common.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` for a run without one value for each axis.
 */
export function parallelCoordinates(runs: readonly ParallelRun[], options: ParallelOptions): string {
  const { axes, width = 720 } = parallelOptions(options, "");
  checkRuns(runs, "runs");
  checkShapes(runs, axes);
  const scales = axes.map((axis, k) =>
    scaleOf(
      runs.map(({ values }) => values[k] ?? ""),
      axis,
    ),
  );
  const lines = (isBest: boolean) =>
    runs
      .filter((run) => (run.isBest ?? false) === isBest)
      .map(({ values }) => values.map((value, k) => [k, scales[k]?.place(value) ?? 0] as const));
  const [best, others] = [lines(true), lines(false)];
  const ticks = scales.flatMap((scale, k) =>
    apart(scale.ticks.map((tick) => ({ axis: k, place: scale.place(tick), text: text(tick) }))),
  );
  const drawn = panel({
    width,
    height: 360,
    margin: { top: 48, right: 90, bottom: 20, left: 60 },
    x: { scale: linear([0, Math.max(1, axes.length - 1)]), ticks: NO_TICKS },
    y: { scale: linear([0, 1]), ticks: NO_TICKS },
    marks: [
      polylines(others, { colour: "currentColor", opacity: Math.max(0.08, Math.min(0.4, 20 / others.length)) }),
      polylines(best, { colour: COLOURS.blue, width: 1.8 }),
      segments(
        axes.map((_, axis): Ends => [axis, 0, axis, 1]),
        { opacity: 0.7 },
      ),
      texts(
        ticks.map((tick) => tick.text),
        ({ x, y }, k) => [x(ticks[k]?.axis ?? 0) + 5, y(ticks[k]?.place ?? 0)],
        { anchor: "start" },
      ),
      // Every other one is higher: neighbours with long names need the room.
      texts(
        axes.map(({ label }) => label),
        ({ x, top }, axis) => [x(axis), top - 14 - 16 * (axis % 2)],
        { isBold: true },
      ),
    ],
  });
  const keys = [
    { label: `best ${best.length}`, colour: COLOURS.blue, shape: "line" as const },
    { label: `others ${others.length}`, colour: "currentColor", shape: "line" as const },
  ];
  return figure([drawn], `${runs.length} runs over ${axes.map(({ label }) => label).join(", ")}`, { ...options, width, keys });
}

interface Scale {
  /** Height in 0..1. */
  place(value: number | string): number;
  ticks: readonly (number | string)[];
}

function scaleOf(values: readonly (number | string)[], { isLogarithmic = false }: ParallelAxis): Scale {
  const names = [...new Set(values)];
  const numbers = names.filter((value) => typeof value === "number");
  if (numbers.length < names.length) {
    const part = Math.max(1, names.length - 1);
    return { place: (value) => (names.length > 1 ? names.indexOf(value) / part : 0.5), ticks: names };
  }
  const [low, high] = [smallest(numbers), largest(numbers)];
  // Halves have a difference that is finite.
  const onto = (value: number) => (isLogarithmic ? Math.log(value) : value / 2);
  const length = onto(high) - onto(low);
  const place = (value: number | string) => (length > 0 ? (onto(Number(value)) - onto(low)) / length : 0.5);
  const middle = isLogarithmic ? Math.sqrt(low) * Math.sqrt(high) : low / 2 + high / 2;
  return { place, ticks: numbers.length <= FEW ? numbers : [low, middle, high] };
}

interface Tick {
  axis: number;
  place: number;
  text: string;
}

/** Part of an axis that a text is high. */
const TEXT_HEIGHT = 11 / 292;

/** Ticks whose texts do not overlap; those at the ends come first. */
function apart(ticks: readonly Tick[]): Tick[] {
  const kept: Tick[] = [];
  const fromEnds = [...ticks].sort((a, b) => Math.abs(b.place - 0.5) - Math.abs(a.place - 0.5));
  for (const tick of fromEnds) {
    if (kept.every(({ place }) => Math.abs(place - tick.place) >= TEXT_HEIGHT)) kept.push(tick);
  }
  return kept;
}

/** As many values have a tick each. */
const FEW = 6;

function text(value: number | string): string {
  return typeof value === "number" ? short(value) : value;
}
