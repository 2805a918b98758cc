import type { Axis } from "./description.js";

/** The output that sees a place of an axis by a tap; negative if none does. */
export function outputAt([, output, , stride, dilation, padding]: Axis, place: number, tap: number): number {
  const number = (place + padding - tap * dilation) / stride;
  return number < output && number % 1 === 0 ? number : -1;
}
