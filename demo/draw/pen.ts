import { SIDE } from "../race/digits.js";

/** Places of a pen in fractions of the pad. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** Reach of the pen in pixels, as on the pad. */
const REACH = 1.6;

/** The image of strokes as the pad draws them, dot by dot. */
export function drawnBy(strokes: readonly Stroke[]): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE);
  for (const stroke of strokes) {
    const places = stroke.map(([x, y]) => [SIDE * x - 0.5, SIDE * y - 0.5] as const);
    for (const [k, [x, y]] of places.entries()) {
      const [fromX, fromY] = places[k - 1] ?? [x, y];
      const dots = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
      for (let n = 1; n <= dots; n++) dot(pixels, fromX + ((x - fromX) * n) / dots, fromY + ((y - fromY) * n) / dots);
    }
  }
  return pixels;
}

function dot(pixels: Uint8Array, x: number, y: number): void {
  for (let row = Math.max(0, Math.ceil(y - REACH)); row <= Math.min(SIDE - 1, y + REACH); row++) {
    for (let column = Math.max(0, Math.ceil(x - REACH)); column <= Math.min(SIDE - 1, x + REACH); column++) {
      const ink = Math.round(255 * Math.min(1, Math.max(0, REACH - Math.hypot(column - x, row - y))));
      pixels[row * SIDE + column] = Math.max(pixels[row * SIDE + column] ?? 0, ink);
    }
  }
}
