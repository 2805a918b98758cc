import { type Area, type Mark, strokeOf } from "./marks.js";
import type { Scale } from "./scale.js";
import { group, path, pixels, textAt } from "./svg.js";
import type { Ticks } from "./ticks.js";

/** One plot of a figure. */
export interface Panel {
  height: number;
  /** Elements without their `<svg>`. */
  content: string;
}

export interface Axis {
  scale: Scale;
  /** What it measures, with the unit; an arrow says where values grow. */
  label?: string | undefined;
  /** Ticks, or about how many; as many as there is room for by default. */
  ticks?: Ticks | number | undefined;
  /** Whether a line goes through the plot at each tick. */
  hasGrid?: boolean;
  /** Pixels of the stroke at a tick; 6 by default. */
  tickSize?: number;
  /** Pixels between that stroke and the text; 3 by default. */
  gap?: number;
  /** Whether the texts of a horizontal axis are turned, to be read upwards. */
  isTurned?: boolean;
}

export interface PanelOptions {
  width: number;
  height: number;
  /** Pixels around the area of the marks, for the axes. */
  margin: { top: number; right: number; bottom: number; left: number };
  x: Axis;
  y: Axis;
  /** From the lowest to the one on top. */
  marks: readonly (Mark | null)[];
}

export const NO_TICKS: Ticks = { values: [], text: String };

/** Pixels for each tick where their number is not given, along a horizontal and an upright axis. */
const [ROOM_X, ROOM_Y] = [70, 35];
/** Pixels between the edge of the panel and the names of its axes. */
const EDGE = 3;
/** Height of a text, and the mean width of its characters. */
const [TEXT_HEIGHT, CHARACTER] = [9, 6];

/** Draws one plot. */
export function panel({ width, height, margin, x, y, marks }: PanelOptions): Panel {
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
  const area: Area = {
    left,
    right,
    top,
    bottom,
    x: (value) => left + x.scale.at(value) * (right - left),
    y: (value) => bottom - y.scale.at(value) * (bottom - top),
  };
  const names = [
    y.label === undefined ? "" : textAt([EDGE, EDGE + 4], `↑ ${y.label}`, { "text-anchor": "start" }),
    x.label === undefined ? "" : textAt([width - EDGE, height - EDGE - 4], `${x.label} →`, { "text-anchor": "end" }),
  ];
  const drawn = marks.map((mark) => mark?.(area) ?? "");
  return { height, content: [uprightAxis(y, area), horizontalAxis(x, area), ...names, ...drawn].join("") };
}

function horizontalAxis(axis: Axis, { left, right, top, bottom, x }: Area): string {
  const { tickSize = 6, gap = 3, hasGrid = false, isTurned = false } = axis;
  const { values, text } = ticksOf(axis, (right - left) / ROOM_X);
  if (values.length === 0) return "";
  const places = values.map((value) => pixels(x(value)));
  const all = values.map((value) => ({ text: text(value), at: x(value) }));
  const texts = apart(all, (one) => (isTurned ? TEXT_HEIGHT : textWidth(one) + CHARACTER)).map((one) =>
    isTurned ? turned(one, bottom) : textAt([one.at, bottom + 4], one.text),
  );
  return [
    hasGrid ? grid(places.map((place) => `M${place},${pixels(top)}V${pixels(bottom)}`)) : "",
    tickSize === 0
      ? ""
      : path(places.map((place) => `M${place},${pixels(bottom)}V${pixels(bottom + tickSize)}`).join(""), strokeOf({})),
    group({ transform: `translate(0,${tickSize + gap})`, "font-variant": "tabular-nums" }, texts),
  ].join("");
}

function uprightAxis(axis: Axis, { left, right, top, bottom, y }: Area): string {
  const { tickSize = 6, gap = 3, hasGrid = false } = axis;
  const { values, text } = ticksOf(axis, (bottom - top) / ROOM_Y);
  if (values.length === 0) return "";
  const places = values.map((value) => pixels(y(value)));
  const all = values.map((value) => ({ text: text(value), at: y(value) }));
  const texts = apart(all, () => TEXT_HEIGHT).map((one) => textAt([left, one.at], one.text));
  const transform = `translate(${-tickSize - gap},0)`;
  return [
    hasGrid ? grid(places.map((place) => `M${pixels(left)},${place}H${pixels(right)}`)) : "",
    tickSize === 0
      ? ""
      : path(places.map((place) => `M${pixels(left)},${place}H${pixels(left - tickSize)}`).join(""), strokeOf({})),
    group({ transform, "font-variant": "tabular-nums", "text-anchor": "end" }, texts),
  ].join("");
}

function ticksOf({ scale, ticks }: Axis, room: number): Ticks {
  return typeof ticks === "object" ? ticks : scale.ticks(ticks ?? Math.max(1, room));
}

function turned({ text, at }: PlacedText, y: number): string {
  return textAt([at, y], text, { transform: `rotate(-90,${pixels(at)},${pixels(y)})`, "text-anchor": "end" });
}

/** Pixels that a text of a tick is wide, about. */
export function textWidth(text: string): number {
  return CHARACTER * text.length;
}

interface PlacedText {
  text: string;
  at: number;
}

/** The texts that do not overlap one before them. */
function apart(all: readonly PlacedText[], size: (text: string) => number): PlacedText[] {
  let last: PlacedText | undefined;
  return all.filter((one) => {
    const isFree = last === undefined || Math.abs(one.at - last.at) >= (size(one.text) + size(last.text)) / 2;
    if (isFree) last = one;
    return isFree;
  });
}

function grid(lines: readonly string[]): string {
  return path(lines.join(""), strokeOf({ opacity: 0.1 }));
}
