import { figure } from "../../plot/figure.js";
import { dots, line, type Mark, type Point } from "../../plot/marks.js";
import { panel } from "../../plot/panel.js";
import { logarithmic, logarithmicRangeOf } from "../../plot/scale.js";
import { look } from "../../plot/seeds.js";
import { bytesPerSecond, type Ceiling } from "../ceiling.js";
import type { KernelLine, KernelRecord } from "../record.js";

const WIDTH = 640;
const SHAPE = { width: WIDTH, height: 320, margin: { top: 24, right: 30, bottom: 40, left: 60 } };
/** Series that can be told apart. */
const MAX_SERIES = 6;

/** Points of a series over a logarithmic axis. */
interface Series {
  name: string;
  points: Point[];
}

/** Lines of the best way and the fewest threads, which the figures show. */
export function mainLines({ ceilings, lines }: KernelRecord): KernelLine[] {
  const [ceiling] = ceilings;
  return lines.filter(({ way, threads }) => way === ceiling?.level && threads === ceiling.threads);
}

/** The first line of each kernel: that of its standard shape. */
export function standardLines(record: KernelRecord): KernelLine[] {
  const first = new Map<string, KernelLine>();
  for (const one of mainLines(record)) if (!first.has(one.kernel)) first.set(one.kernel, one);
  return [...first.values()];
}

/** Operations a second over operations a byte, under what the machine can do with arrays in its nearest cache and in memory. */
export function roofline(record: KernelRecord): string | undefined {
  const [ceiling] = record.ceilings;
  if (ceiling === undefined) return undefined;
  const points = standardLines(record).map(({ kernel, operations, bytes, threads, nanoseconds }) => ({
    kernel,
    at: [operations / bytes, (threads * operations) / nanoseconds.fastest] as Point,
  }));
  const places = points.map(({ at }) => at[0]);
  const roof = roofOf(ceiling, Math.min(...places, 0.1), Math.max(...places, 100));
  const names: Mark = ({ x, y }) =>
    points
      .map(
        ({ kernel, at }) =>
          `<text x="${Math.round(x(at[0])) + 6}" y="${Math.round(y(at[1])) + 3}" text-anchor="start">${kernel}</text>`,
      )
      .join("");
  const drawn = panel({
    ...SHAPE,
    height: 420,
    x: {
      label: "operations a byte",
      hasGrid: true,
      scale: logarithmic(logarithmicRangeOf([...places, ...roof.flatMap(({ points }) => points.map(([x]) => x))])),
    },
    y: {
      label: "operations a nanosecond",
      hasGrid: true,
      scale: logarithmic(
        logarithmicRangeOf([...points.map(({ at }) => at[1]), ...roof.flatMap(({ points }) => points.map(([, y]) => y))]),
      ),
    },
    marks: [
      ...roof.map(({ points }, k) => line(points, { colour: look(k).colour, width: 2 })),
      dots(
        points.map(({ at }) => at),
        { colour: "currentColor", r: 3 },
      ),
      names,
    ],
  });
  const keys = roof.map(({ name }, k) => ({ label: name, colour: look(k).colour, shape: "line" as const }));
  return figure([drawn], "kernels under the ceiling of the machine", { title: `Roofline, ${ceiling.level}`, keys });
}

/** Least and greatest bandwidth with the arithmetic that rounds separately. */
function roofOf(ceiling: Ceiling, from: number, to: number): Series[] {
  const sizes = ceiling.streams.map(({ bytes }) => bytes);
  const peak = ceiling.operationsPerSecond / 1e9;
  return [
    { name: "nearest cache", size: Math.min(...sizes) },
    { name: "memory", size: Math.max(...sizes) },
  ].map(({ name, size }) => {
    const bandwidth = bytesPerSecond(ceiling, size) / 1e9;
    const knee = Math.min(Math.max(peak / bandwidth, from), to);
    return { name, points: [from, knee, to].map((x): Point => [x, Math.min(peak, x * bandwidth)]) };
  });
}

/** Time of a spike in the fastest round over the share of inputs that fire. */
export function sparsityCurves(record: KernelRecord): string | undefined {
  const series = seriesOf(record, "density", ({ spikes, nanoseconds }) => nanoseconds.fastest / spikes);
  return curves(series, "Sparsity", "share of the inputs that fire at a step", "nanoseconds a spike");
}

/** Time of an operation in the fastest round over the size of all arrays. */
export function scalingCurves(record: KernelRecord): string | undefined {
  const names = ["inputs", "units", "steps", "channels"];
  const first = new Map<string, Series>();
  for (const name of names) {
    for (const { name: kernel, points } of seriesOf(
      record,
      name,
      ({ operations, nanoseconds }) => nanoseconds.fastest / operations,
      "resident",
    )) {
      if (!first.has(kernel) && points.length > 1) first.set(kernel, { name: kernel, points });
    }
  }
  return curves([...first.values()], "Scaling", "bytes of all arrays", "nanoseconds an operation");
}

/** What kernels need where one parameter is varied and all others stay. */
function seriesOf(
  record: KernelRecord,
  name: string,
  value: (line: KernelLine) => number,
  over: "shape" | "resident" = "shape",
): Series[] {
  const standard = new Map(standardLines(record).map((one) => [one.kernel, one]));
  const series = new Map<string, Point[]>();
  for (const one of mainLines(record)) {
    const of = standard.get(one.kernel);
    const others = Object.keys(one.shape).filter((key) => key !== name);
    if (of === undefined || one.shape[name] === undefined || others.some((key) => one.shape[key] !== of.shape[key])) continue;
    const point: Point = [over === "resident" ? one.resident : one.shape[name], value(one)];
    if (point.every((number) => Number.isFinite(number) && number > 0)) {
      series.set(one.kernel, [...(series.get(one.kernel) ?? []), point]);
    }
  }
  return [...series].map(([kernel, points]) => ({ name: kernel, points: points.sort((a, b) => a[0] - b[0]) }));
}

function curves(all: readonly Series[], title: string, x: string, y: string): string | undefined {
  const series = all.filter(({ points }) => points.length > 1).slice(0, MAX_SERIES);
  if (series.length === 0) return undefined;
  const points = series.flatMap((one) => one.points);
  const drawn = panel({
    ...SHAPE,
    x: { label: x, hasGrid: true, scale: logarithmic(logarithmicRangeOf(points.map(([place]) => place))) },
    y: { label: y, hasGrid: true, scale: logarithmic(logarithmicRangeOf(points.map(([, height]) => height))) },
    marks: series.flatMap((one, k) => [
      line(one.points, { colour: look(k).colour, width: 2 }),
      dots(one.points, { ...look(k), r: 3.5 }),
    ]),
  });
  return figure([drawn], `${y} over ${x}`, { title, keys: series.map(({ name }, k) => ({ label: name, ...look(k) })) });
}
