import { element, pixels } from "./svg.js";

/** What marks a point of a series. */
export type Shape = "circle" | "diamond" | "square" | "triangle" | "star" | "cross";

type Corner = readonly [x: number, y: number];

/** Corners, on each of the circles in turn, `turn` turns from the top. */
function around(corners: number, radii: readonly number[], turn = 0): Corner[] {
  return Array.from({ length: corners }, (_, k) => {
    const angle = 2 * Math.PI * (k / corners + turn);
    const radius = radii[k % radii.length] as number;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });
}

/** A cross of five squares. */
const CROSS: readonly Corner[] = [
  [-3, -1],
  [-1, -1],
  [-1, -3],
  [1, -3],
  [1, -1],
  [3, -1],
  [3, 1],
  [1, 1],
  [1, 3],
  [-1, 3],
  [-1, 1],
  [-3, 1],
];

/** ½ Σ (xₖ yₖ₊₁ − xₖ₊₁ yₖ). */
function area(corners: readonly Corner[]): number {
  return corners.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = corners[(k + 1) % corners.length] as Corner;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** With the area of a circle of radius 1. */
function unit(corners: readonly Corner[]): Corner[] {
  const scale = Math.sqrt(Math.PI / area(corners));
  return corners.map(([x, y]) => [scale * x, scale * y]);
}

const POLYGONS: Readonly<Record<Exclude<Shape, "circle">, readonly Corner[]>> = {
  diamond: unit(around(4, [1, 1 / Math.sqrt(3)])),
  square: unit(around(4, [1], 1 / 8)),
  triangle: unit(around(3, [1])),
  // The inner corners lie where lines between outer ones meet.
  star: unit(around(10, [1, Math.sin(Math.PI / 10) / Math.sin((7 * Math.PI) / 10)])),
  cross: unit(CROSS),
};

/** The element of a shape with the area of a circle of radius `r` around a point. */
export function shapeAt(shape: Shape, [x, y]: Corner, r: number, attributes: Readonly<Record<string, string>> = {}): string {
  if (shape === "circle") return element("circle", { cx: x, cy: y, r, ...attributes });
  const points = POLYGONS[shape].map(([dx, dy]) => `${pixels(x + r * dx)},${pixels(y + r * dy)}`);
  return element("path", { d: `M${points.join("L")}Z`, ...attributes });
}
