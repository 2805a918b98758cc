import { label } from "./svg.js";
import { textSize } from "./text-size.js";

/** Pixels between two numbers at least. */
const GAP = 6;

/** Numbers below an axis from its left end on, the first with its unit; numbers that this leaves no room for are left out. */
export function ticks(values: readonly number[], unit: string, x: (value: number) => number, y: number): SVGElement[] {
  const [first = 0, ...rest] = values;
  const start = `${unit} ${first}`;
  let free = x(first) + textSize(start, "tick").width + GAP;
  const roomy = rest.filter((value) => {
    const half = textSize(String(value), "tick").width / 2;
    if (x(value) - half < free) return false;
    free = x(value) + half + GAP;
    return true;
  });
  return [
    label(x(first), y, start, { class: "tick" }),
    ...roomy.map((value) => label(x(value), y, String(value), { class: "tick", "text-anchor": "middle" })),
  ];
}
