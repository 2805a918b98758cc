import { atMost } from "./errors.js";
import type { Reader } from "./reader.js";

/** Reads weights, `[row][column]`, of the type that stands before them; those of small whole numbers have a scale for each column. */
export function parseWeights(reader: Reader, count: number, columns: number): Float32Array {
  const type = atMost(3, reader.word());
  if (type === 0) return reader.floats(count);
  if (type === 1) return Float32Array.from(reader.array(Uint16Array, count), single);
  const scales = reader.floats(columns);
  // 8 or 4 bits, from the lowest ones of a byte on.
  const bits = 32 >> type;
  const packed = reader.bytes(Math.ceil((count * bits) / 8));
  return Float32Array.from({ length: count }, (_, k) => {
    const above = 32 - bits;
    const whole = ((packed[(k * bits) >> 3] as number) << (above - ((k * bits) & 7))) >> above;
    return (scales[k % columns] as number) * whole;
  });
}

/** A number of half precision. */
function single(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half >> 15 ? -magnitude : magnitude;
}
