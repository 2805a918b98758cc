import type { RenderFunction } from "@observablehq/plot";
import { short } from "./figure.js";

/** Short upright strokes as one path, which keeps a raster of thousands of spikes small. */
export function strokes(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { colour = "currentColor", length, width = 1.2 }: { colour?: string; length: number; width?: number },
): RenderFunction {
  return (_index, { x, y }, _values, _dimensions, context) => {
    let d = "";
    for (let k = 0; k < xs.length; k++) {
      const [left, middle] = [Number(x?.(xs[k])), Number(y?.(ys[k]))];
      d += `M${tenth(left)},${tenth(middle - length / 2)}v${tenth(length)}`;
    }
    return path(context, d, { stroke: colour, "stroke-width": width });
  };
}

/** Runs of unit squares, each from its upper left corner, one path for each colour: lines as thick as a square is high. */
export function squares(
  cells: ReadonlyMap<string, readonly (readonly [x: number, y: number, length: number])[]>,
): RenderFunction {
  return (_index, { x, y }, _values, _dimensions, context) => {
    const group = context.document.createElementNS(SVG, "g") as SVGGElement;
    group.setAttribute("shape-rendering", "crispEdges");
    const side = Math.abs(Number(y?.(1)) - Number(y?.(0)));
    for (const [colour, runs] of cells) {
      let d = "";
      for (const [left, top, length] of runs) {
        const [from, to] = [Number(x?.(left)), Number(x?.(left + length))];
        d += `M${tenth(from)},${tenth(Number(y?.(top + 0.5)))}h${tenth(to - from)}`;
      }
      group.append(path(context, d, { stroke: colour, "stroke-width": tenth(side + 0.1) }));
    }
    return group;
  };
}

/** Lines through points as one path. */
export function polylines(
  lines: readonly (readonly (readonly [x: number, y: number])[])[],
  { colour, width = 1, opacity = 1 }: { colour: string; width?: number; opacity?: number },
): RenderFunction {
  return (_index, { x, y }, _values, _dimensions, context) => {
    const points = (line: (typeof lines)[number]) =>
      line.map(([left, top]) => `${tenth(Number(x?.(left)))},${tenth(Number(y?.(top)))}`);
    const d = lines.map((line) => `M${points(line).join("L")}`).join("");
    return path(context, d, { stroke: colour, "stroke-width": width, "stroke-opacity": short(opacity), fill: "none" });
  };
}

const SVG = "http://www.w3.org/2000/svg";

function path(context: { document: Document }, d: string, attributes: Record<string, string | number>): SVGPathElement {
  const element = context.document.createElementNS(SVG, "path") as SVGPathElement;
  element.setAttribute("d", d);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

function tenth(pixels: number): string {
  return String(Number(pixels.toFixed(1)) + 0);
}
