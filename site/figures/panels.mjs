// Panels one below the other, as wide as a telephone shows them without making them smaller.
import { path, text } from "./svg.mjs";

export const WIDTH = 360;
export const LEFT = 12;
export const RIGHT = WIDTH - 12;

/**
 * Places of steps from left to right.
 *
 * @param {number} steps
 * @param {number} [left]
 */
export function along(steps, left = LEFT) {
  return (/** @type {number} */ step) => left + ((RIGHT - left) * step) / (steps - 1);
}

/**
 * Places of values between the lower and the upper edge of a panel.
 *
 * @param {readonly [low: number, high: number]} range
 * @param {number} top
 * @param {number} height
 */
export function between([low, high], top, height) {
  return (/** @type {number} */ value) => top + height - (height * (value - low)) / (high - low);
}

/**
 * A curve through the values of all steps.
 *
 * @param {ArrayLike<number>} values
 * @param {(step: number) => number} x
 * @param {(value: number) => number} y
 * @param {import("./svg.mjs").Pen} pen
 */
export function curve(values, x, y, pen) {
  return path(
    Array.from(values, (value, step) => /** @type {const} */ ([x(step), y(value)])),
    { width: 2, ...pen },
  );
}

/**
 * A level line with its name at the right, above it.
 *
 * @param {number} y
 * @param {string} name
 * @param {import("./svg.mjs").Pen & { left?: number }} [pen]
 */
export function level(y, name, { left = LEFT, ...pen } = {}) {
  const line = path(
    [
      [left, y],
      [RIGHT, y],
    ],
    { opacity: 0.5, width: 1, ...pen },
  );
  return line + (name === "" ? "" : text(RIGHT, y - 5, name, { anchor: "end", opacity: 0.8 }));
}

/**
 * Spikes as upright strokes.
 *
 * @param {Iterable<number>} steps
 * @param {(step: number) => number} x
 * @param {number} top
 * @param {number} height
 * @param {import("./svg.mjs").Pen} [pen]
 */
export function spikes(steps, x, top, height, pen = {}) {
  const strokes = Array.from(steps, (step) =>
    path(
      [
        [x(step), top],
        [x(step), top + height],
      ],
      { width: 2, ...pen },
    ),
  );
  return strokes.join("");
}
