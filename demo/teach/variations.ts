import { SIDE } from "../race/digits.js";
import { drawsOf } from "./random.js";

/** Limits of a variation: angle in radians, stretch along each side and slant as fractions, shift in pixels. */
const [ANGLE, STRETCH, SLANT, SHIFT] = [0.22, 0.15, 0.15, 1];

/**
 * A drawing as the same hand might draw it again: turned, stretched, slanted and moved a little. The first image is the drawing
 * itself; the same seed gives the same images.
 */
export function variations(pixels: Uint8Array, seed: number, count: number): Uint8Array[] {
  const random = drawsOf(seed);
  const away = (max: number) => max * (2 * random() - 1);
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return pixels;
    const [angle, slant] = [away(ANGLE), away(SLANT)];
    const [wide, high] = [1 + away(STRETCH), 1 + away(STRETCH)];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const matrix = [cos / wide, (sin + slant) / wide, -sin / high, cos / high] as const;
    return moved(pixels, matrix, [away(SHIFT), away(SHIFT)]);
  });
}

/** An image transformed by a matrix around its middle, and shifted. */
function moved(pixels: Uint8Array, [a, b, c, d]: readonly [number, number, number, number], [dx, dy]: readonly number[]) {
  const middle = (SIDE - 1) / 2;
  const result = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [x, y] = [column - middle - (dx ?? 0), row - middle - (dy ?? 0)];
      result[row * SIDE + column] = Math.round(between(pixels, middle + a * x + b * y, middle + c * x + d * y));
    }
  }
  return result;
}

/** Grey value at a place between pixels. */
function between(pixels: Uint8Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= SIDE || row >= SIDE ? 0 : (pixels[row * SIDE + column] ?? 0);
  return (
    (1 - dy) * ((1 - dx) * at(left, top) + dx * at(left + 1, top)) +
    dy * ((1 - dx) * at(left, top + 1) + dx * at(left + 1, top + 1))
  );
}
