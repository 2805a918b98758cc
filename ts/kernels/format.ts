import type { Shape } from "./grid.js";
import type { KernelRecord } from "./record.js";

/** A time in the unit that fits. */
export function timeText(nanoseconds: number): string {
  const [factor, unit] =
    nanoseconds >= 1e9 ? [1e-9, "s"] : nanoseconds >= 1e6 ? [1e-6, "ms"] : nanoseconds >= 1e3 ? [1e-3, "µs"] : [1, "ns"];
  return `${Number((nanoseconds * factor).toPrecision(3))} ${unit}`;
}

/** The values of a shape with their names. */
export function shapeText(shape: Shape): string {
  return Object.entries(shape)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** A record as a line of JSON, with six digits of what was measured: a clock tells no more. */
export function recordText(record: KernelRecord): string {
  const shortened = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(record, shortened)}\n`;
}
