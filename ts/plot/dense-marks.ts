import { type Mark, type Point, type Stroke, strokeOf } from "./marks.js";
import { group, path } from "./svg.js";

/** Short upright strokes as one path, which keeps a raster of thousands of spikes small. */
export function strokes(xs: ArrayLike<number>, ys: ArrayLike<number>, length: number): Mark {
  return ({ x, y }) => {
    let d = "";
    for (let k = 0; k < xs.length; k++) {
      d += `M${tenth(x(xs[k] as number))},${tenth(y(ys[k] as number) - length / 2)}v${tenth(length)}`;
    }
    return path(d, strokeOf({ width: 1.2 }));
  };
}

/** Runs of unit squares, each from its upper left corner, one path for each colour: lines as thick as a square is high. */
export function squares(cells: ReadonlyMap<string, readonly (readonly [x: number, y: number, length: number])[]>): Mark {
  return ({ x, y }) => {
    const side = Math.abs(y(1) - y(0));
    const paths = Array.from(cells, ([stroke, runs]) => {
      let d = "";
      for (const [left, top, length] of runs) {
        d += `M${tenth(x(left))},${tenth(y(top + 0.5))}h${tenth(x(left + length) - x(left))}`;
      }
      return path(d, { stroke, "stroke-width": tenth(side + 0.1) });
    });
    return group({ "shape-rendering": "crispEdges" }, paths);
  };
}

/** Lines through points as one path. */
export function polylines(lines: readonly (readonly Point[])[], stroke: Stroke): Mark {
  return ({ x, y }) => {
    const points = (line: readonly Point[]) => line.map(([left, top]) => `${tenth(x(left))},${tenth(y(top))}`);
    const d = lines.map((line) => `M${points(line).join("L")}`).join("");
    return path(d, { fill: "none", ...strokeOf(stroke) });
  };
}

/** Enough for thousands of strokes. */
function tenth(pixels: number): string {
  return String(Number(pixels.toFixed(1)) + 0);
}
