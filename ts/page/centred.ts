import { bytes } from "../check/values.js";
import { SpikeletError } from "../errors.js";

/** Longest side of the box that the digits of MNIST, which have 28 pixels a side, were fitted into. */
const BOX = 20 / 28;
/** Grey value from which a pixel is part of the drawing. */
const INK = 32;

/** A square image, bright on black. */
interface Square {
  pixels: Uint8Array;
  side: number;
}

/**
 * Returns a drawing as the digits of MNIST are: fitted into a box of 20/28 of its side, its centre of mass in the middle.
 *
 * @param drawing square, bright ink on black, `[row][column]`.
 * @throws {SpikeletError} `SHAPE_MISMATCH` for an image that is not square, `DATA_FORMAT` for what is no bytes.
 */
export function centred(drawing: Uint8Array): Uint8Array {
  const pixels = bytes(drawing, "drawing");
  const side = Math.sqrt(pixels.length);
  if (!Number.isInteger(side))
    throw new SpikeletError("SHAPE_MISMATCH", "drawing", `must be square, has ${pixels.length} pixels`);
  const square = { pixels, side };
  const box = bounds(square);
  if (box === undefined) return pixels.slice();
  const scale = (BOX * side) / Math.max(box.right - box.left, box.bottom - box.top);
  const mass = massOf(square);
  const middle = (side - 1) / 2;
  const result = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      result[y * side + x] = Math.round(
        averageAt(square, mass.x + (x - middle) / scale, mass.y + (y - middle) / scale, 1 / scale),
      );
    }
  }
  return result;
}

/** Smallest box around what is drawn, its right and bottom not part of it. */
function bounds({ pixels, side }: Square): { left: number; top: number; right: number; bottom: number } | undefined {
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (const [k, pixel] of pixels.entries()) {
    if (pixel < INK) continue;
    const [x, y] = [k % side, Math.floor(k / side)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return right > left ? { left, top, right, bottom } : undefined;
}

function massOf({ pixels, side }: Square): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (const [k, pixel] of pixels.entries()) {
    sum += pixel;
    x += pixel * (k % side);
    y += pixel * Math.floor(k / side);
  }
  return { x: x / sum, y: y / sum };
}

/** Mean over a square of the side `size` around a place, at four points between pixels. */
function averageAt(square: Square, x: number, y: number, size: number): number {
  const away = size / 4;
  return (
    (between(square, x - away, y - away) +
      between(square, x + away, y - away) +
      between(square, x - away, y + away) +
      between(square, x + away, y + away)) /
    4
  );
}

/** Grey value at a place between pixels. */
function between({ pixels, side }: Square, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= side || row >= side ? 0 : (pixels[row * side + column] ?? 0);
  return (
    (1 - dy) * ((1 - dx) * at(left, top) + dx * at(left + 1, top)) +
    dy * ((1 - dx) * at(left, top + 1) + dx * at(left + 1, top + 1))
  );
}
