import type { Point } from "./data/point.js";

/** Points that a visitor may draw at most: each takes four letters of the address. */
export const MAX_DRAWN = 400;
/** Classes of drawn points. */
export const DRAWN_CLASSES = 3;
/** Places of an axis. */
export const PLACES = 1023;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A point on the grid of places that the address can name. */
export function onGrid({ x, y, label }: Point): Point {
  const place = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * PLACES) / PLACES;
  return { x: place(x), y: place(y), label };
}

/** Points as letters, four each: 10 bits of x, 10 bits of y, 4 bits of the class. */
export function written(points: readonly Point[]): string {
  const letters = points.map(({ x, y, label }) => {
    const bits = (Math.round(x * PLACES) << 14) | (Math.round(y * PLACES) << 4) | label;
    return [18, 12, 6, 0].map((shift) => LETTERS[(bits >> shift) & 63]).join("");
  });
  return letters.join("");
}

/** @throws with what is wrong, for letters that {@link written} does not write. */
export function read(text: string): Point[] {
  if (text.length % 4 !== 0) throw new Error("is cut off");
  if (text.length > 4 * MAX_DRAWN) throw new Error(`has more than ${MAX_DRAWN} points`);
  return Array.from({ length: text.length / 4 }, (_, k) => {
    let bits = 0;
    for (const letter of text.slice(4 * k, 4 * k + 4)) {
      const value = LETTERS.indexOf(letter);
      if (value < 0) throw new Error(`has a ${JSON.stringify(letter)}, which no point has`);
      bits = (bits << 6) | value;
    }
    const label = bits & 15;
    if (label >= DRAWN_CLASSES) throw new Error(`has a point of class ${label + 1}; there are ${DRAWN_CLASSES}`);
    return { x: (bits >> 14) / PLACES, y: ((bits >> 4) & PLACES) / PLACES, label };
  });
}
