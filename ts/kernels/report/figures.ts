import { figure } from "../../plot/figure.js";
import { boxes, dots, type Ends, line, type Mark, type Point } from "../../plot/marks.js";
import { panel, textWidth } from "../../plot/panel.js";
import { linear, logarithmic, logarithmicRangeOf, type Scale } from "../../plot/scale.js";
import { look } from "../../plot/seeds.js";
import { textAt } from "../../plot/svg.js";
import { bytesPerSecond, type Ceiling } from "../ceiling.js";
import type { KernelLine, KernelRecord } from "../record.js";

const WIDTH = 640;
const SHAPE = { width: WIDTH, height: 320, margin: { top: 24, right: 30, bottom: 40, left: 60 } };
/** Series that can be told apart. */
const MAX_SERIES = 6;
/** Pixels of a bar and the gap below it. */
const ROW = 18;

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
      names(points.map(({ kernel, at }) => ({ text: kernel, at }))),
    ],
  });
  const keys = roof.map(({ name }, k) => ({ label: name, colour: look(k).colour, shape: "line" as const }));
  return figure([drawn], "kernels under the ceiling of the machine", { title: `Roofline, ${ceiling.level}`, keys });
}

/** Texts beside their points, right, left, above or below; where none of these is free, there is none. */
function names(all: readonly { text: string; at: Point }[]): Mark {
  return ({ x, y, left: start, right: end }) => {
    const taken: Box[] = all.map(({ at }) => around(x(at[0]) - 3, y(at[1]), 6));
    const drawn = all.map(({ text, at: [across, up] }) => {
      const [atX, atY, width] = [x(across), y(up), textWidth(text)];
      const places = [
        [atX + 6, atY],
        [atX - 6 - width, atY],
        [atX - width / 2, atY - 9],
        [atX - width / 2, atY + 9],
      ] as const;
      const free = places.find(([left, middle]) => {
        const box = around(left, middle, width);
        return left > start && left + width < end && !taken.some((one) => overlap(one, box));
      });
      if (free === undefined) return "";
      taken.push(around(free[0], free[1], width));
      return textAt([free[0], free[1]], text, { "text-anchor": "start" });
    });
    return drawn.join("");
  };
}

/** Edges of a text. */
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A text's box; half of its lines lie above `middle`. */
function around(left: number, middle: number, width: number): Box {
  return { left, right: left + width, top: middle - 5, bottom: middle + 5 };
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Share of the ceiling of each kernel, the lowest first. */
export function shares(record: KernelRecord): string | undefined {
  const found = standardLines(record)
    .flatMap(({ kernel, share }) => (share === undefined ? [] : [{ kernel, ...share }]))
    .sort((a, b) => a.ofCeiling - b.ofCeiling);
  if (found.length === 0) return undefined;
  const bounds = [...new Set(found.map(({ bound }) => bound))].sort();
  const bars = bounds.map((bound, k) => {
    const ends = found.map(({ ofCeiling, bound: its }, row): Ends => [0, row - 0.35, its === bound ? ofCeiling : 0, row + 0.35]);
    return boxes(
      ends.filter(([, , share]) => share > 0),
      look(k).colour,
    );
  });
  const percents: Mark = ({ x, y }) =>
    found
      .map(({ ofCeiling }, row) =>
        textAt([x(ofCeiling) + 4, y(row)], `${Math.round(100 * ofCeiling)} %`, { "text-anchor": "start" }),
      )
      .join("");
  const drawn = panel({
    width: WIDTH,
    height: ROW * found.length + 64,
    margin: { top: 24, right: 44, bottom: 40, left: 130 },
    x: {
      label: "share of the ceiling",
      hasGrid: true,
      scale: linear([0, Math.max(1, ...found.map(({ ofCeiling }) => ofCeiling))]),
    },
    y: {
      scale: linear([found.length - 0.5, -0.5]),
      ticks: { values: found.map((_, row) => row), text: (row) => found[row]?.kernel ?? "" },
      tickSize: 0,
    },
    marks: [...bars, percents],
  });
  const keys = bounds.map((bound, k) => ({ label: `waits for ${bound}`, colour: look(k).colour, shape: "square" as const }));
  return figure([drawn], "share of the ceiling of each kernel", { title: "Share of the ceiling", keys });
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
export function sparsityCurves(record: KernelRecord): string[] {
  const series = seriesOf(record, "density", ({ spikes, nanoseconds }) => nanoseconds.fastest / spikes);
  return curves(series, "Sparsity", "share that fires at a step", "nanoseconds a spike");
}

/** Time of an operation in the fastest round over the size of all arrays. */
export function scalingCurves(record: KernelRecord): string[] {
  const names = ["inputs", "units", "squares", "sites", "steps", "channels"];
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

/** As many figures as there are colours for; all have the same axes. */
function curves(all: readonly Series[], title: string, x: string, y: string): string[] {
  const series = all.filter(({ points }) => points.length > 1);
  const points = series.flatMap((one) => one.points);
  const scales = [0, 1].map((axis) => logarithmic(logarithmicRangeOf(points.map((point) => point[axis] ?? Number.NaN))));
  const figures = Math.ceil(series.length / MAX_SERIES);
  return Array.from({ length: figures }, (_, number) => {
    const [from, to] = [number, number + 1].map((end) => Math.round((end * series.length) / figures));
    const own = series.slice(from, to);
    const drawn = panel({
      ...SHAPE,
      x: { label: x, hasGrid: true, scale: scales[0] as Scale },
      y: { label: y, hasGrid: true, scale: scales[1] as Scale },
      marks: own.flatMap((one, k) => [
        line(one.points, { colour: look(k).colour, width: 2 }),
        dots(one.points, { ...look(k), r: 3.5 }),
      ]),
    });
    const keys = own.map(({ name }, k) => ({ label: name, ...look(k) }));
    const count = figures === 1 ? "" : `, ${number + 1} of ${figures}`;
    return figure([drawn], `${y} over ${x}`, { title: `${title}${count}`, keys });
  });
}
