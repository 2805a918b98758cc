import { allocated } from "./allocated.js";

type Numbers = Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** One array after the other. */
export function concatenated<T extends Numbers>(
  parts: readonly ArrayLike<number>[],
  array: { new (length: number): T; BYTES_PER_ELEMENT: number },
): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = allocated(array, length, "data", "the predictions");
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
