import { SIDE } from "../race/digits.js";

/** Longest side of the box that the digits of MNIST were fitted into before their mass was put in the middle. */
const BOX = 20;

/** A drawing as the digits of MNIST are: fitted into a box of 20 × 20, its centre of mass in the middle. */
export function centred(pixels: Uint8Array): Uint8Array {
  const box = bounds(pixels);
  if (box === undefined) return pixels.slice();
  const scale = BOX / Math.max(box.right - box.left, box.bottom - box.top);
  const mass = massOf(pixels);
  const middle = (SIDE - 1) / 2;
  const result = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      result[y * SIDE + x] = Math.round(
        averageAt(pixels, mass.x + (x - middle) / scale, mass.y + (y - middle) / scale, 1 / scale),
      );
    }
  }
  return result;
}

/** Smallest box around what is drawn, its right and bottom not part of it. */
function bounds(pixels: Uint8Array): { left: number; top: number; right: number; bottom: number } | undefined {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  for (const [k, pixel] of pixels.entries()) {
    if (pixel < 32) continue;
    const [x, y] = [k % SIDE, Math.floor(k / SIDE)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return right > left ? { left, top, right, bottom } : undefined;
}

function massOf(pixels: Uint8Array): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (const [k, pixel] of pixels.entries()) {
    sum += pixel;
    x += pixel * (k % SIDE);
    y += pixel * Math.floor(k / SIDE);
  }
  return { x: x / sum, y: y / sum };
}

/** Mean over a square of the side `size` around a place, at four points between pixels. */
function averageAt(pixels: Uint8Array, x: number, y: number, size: number): number {
  const away = size / 4;
  return (
    (between(pixels, x - away, y - away) +
      between(pixels, x + away, y - away) +
      between(pixels, x - away, y + away) +
      between(pixels, x + away, y + away)) /
    4
  );
}

/** Grey value at a place between pixels. */
export function between(pixels: Uint8Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= SIDE || row >= SIDE ? 0 : (pixels[row * SIDE + column] ?? 0);
  return (
    (1 - dy) * ((1 - dx) * at(left, top) + dx * at(left + 1, top)) +
    dy * ((1 - dx) * at(left, top + 1) + dx * at(left + 1, top + 1))
  );
}
