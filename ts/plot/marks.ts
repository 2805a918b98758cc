import { type Shape, shapeAt } from "./shapes.js";
import { type Attributes, element, group, path, pixels, textAt } from "./svg.js";

/** Where the marks of a plot are, in pixels: its edges, and the places of values. */
export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x(value: number): number;
  y(value: number): number;
}

/** The elements of a mark. */
export type Mark = (area: Area) => string;

export type Point = readonly [x: number, y: number];

/** The ends of a straight line, or opposite corners of a rectangle. */
export type Ends = readonly [x1: number, y1: number, x2: number, y2: number];

/** How a line is drawn, in the colour of the text by default. */
export interface Stroke {
  colour?: string;
  width?: number;
  opacity?: number;
  isDashed?: boolean;
}

/** Attributes of a stroke. */
export function strokeOf({ colour = "currentColor", width = 1, opacity = 1, isDashed = false }: Stroke): Attributes {
  return {
    stroke: colour,
    "stroke-width": width === 1 ? undefined : width,
    "stroke-opacity": opacity === 1 ? undefined : opacity,
    "stroke-dasharray": isDashed ? "4 3" : undefined,
  };
}

/** A line through points, with gaps where a value is not finite. */
export function line(points: readonly Point[], stroke: Stroke = {}): Mark {
  return ({ x, y }) => {
    let d = "";
    let command = "M";
    for (const [left, top] of points) {
      const isPlace = Number.isFinite(left) && Number.isFinite(top);
      if (isPlace) d += `${command}${pixels(x(left))},${pixels(y(top))}`;
      command = isPlace ? "L" : "M";
    }
    return path(d, { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round", ...strokeOf(stroke) });
  };
}

/** Straight lines from point to point. */
export function segments(all: readonly Ends[], stroke: Stroke = {}, { dx = 0, dy = 0 } = {}): Mark {
  return ({ x, y }) => {
    const d = all.map(([x1, y1, x2, y2]) => {
      return `M${pixels(x(x1) + dx)},${pixels(y(y1) + dy)}L${pixels(x(x2) + dx)},${pixels(y(y2) + dy)}`;
    });
    return path(d.join(""), strokeOf(stroke));
  };
}

/** A line at a value of the upright axis, from edge to edge. */
export function horizontalLine(value: number, stroke: Stroke = {}): Mark {
  return ({ y, left, right }) => path(`M${pixels(left)},${pixels(y(value))}H${pixels(right)}`, strokeOf(stroke));
}

/** A line at a value of the horizontal axis, from edge to edge. */
export function verticalLine(value: number, stroke: Stroke = {}): Mark {
  return ({ x, top, bottom }) => path(`M${pixels(x(value))},${pixels(top)}V${pixels(bottom)}`, strokeOf(stroke));
}

/** How dots are drawn: filled, or as an outline. */
export interface Dot {
  colour: string;
  shape?: Shape;
  r: number;
  isOutline?: boolean;
  opacity?: number;
}

/** A shape at each point that has finite values. */
export function dots(points: readonly Point[], dot: Dot, { dx = 0 } = {}): Mark {
  const { colour, shape = "circle", r, isOutline = false, opacity = 1 } = dot;
  const look = isOutline
    ? { fill: "none", ...strokeOf({ colour, width: 1.5, opacity }) }
    : { fill: colour, "fill-opacity": opacity === 1 ? undefined : opacity };
  return ({ x, y }) => {
    const drawn = points.flatMap(([left, top]) => {
      return Number.isFinite(left) && Number.isFinite(top) ? [shapeAt(shape, [x(left) + dx, y(top)], r)] : [];
    });
    return group(look, drawn);
  };
}

/** Rectangles of one colour, those without height left out. */
export function boxes(all: readonly Ends[], colour: string, { opacity = 1, inset = 0 } = {}): Mark {
  return ({ x, y }) => {
    const drawn = all.flatMap(([x1, y1, x2, y2]) => {
      const [left, top] = [Math.min(x(x1), x(x2)), Math.min(y(y1), y(y2))];
      const [width, height] = [Math.abs(x(x2) - x(x1)), Math.abs(y(y2) - y(y1))];
      if (height === 0) return [];
      return [element("rect", { x: left + inset, y: top, width: Math.max(0, width - 2 * inset), height })];
    });
    return group({ fill: colour, "fill-opacity": opacity === 1 ? undefined : opacity }, drawn);
  };
}

/** A thin rectangle around the plot. */
export function frame(): Mark {
  return ({ left, right, top, bottom }) => {
    const size = { x: left, y: top, width: right - left, height: bottom - top };
    return element("rect", { ...size, fill: "none", ...strokeOf({ opacity: 0.25 }) });
  };
}

/** How texts are written; they have their middle at their place by default, and 10 pixels. */
export interface Writing {
  anchor?: "start" | "middle" | "end";
  size?: number;
  isBold?: boolean;
}

/** Texts of one look, each with the middle of its line at a place in pixels. */
export function texts(all: readonly string[], place: (area: Area, k: number) => Point, writing: Writing = {}): Mark {
  const { anchor, size, isBold = false } = writing;
  const look = { "text-anchor": anchor, "font-size": size, "font-weight": isBold ? "bold" : undefined };
  return (area) => {
    const drawn = all.map((text, k) => textAt(place(area, k), text));
    return group(look, drawn);
  };
}
