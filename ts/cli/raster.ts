import type { SpikeTrain } from "../spikes.js";

const SHADES = " .:-=+*#%@";
/** Dots of a Braille character, `[row][column]`, as bits. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const BRAILLE = 0x2800;

/** Values in 0..1 as shades, `width` values a line, two characters each so that they look square. */
export function grey(values: Float32Array, width: number): string[] {
  const lines: string[] = [];
  for (let start = 0; start < values.length; start += width) {
    const shades = Array.from(values.subarray(start, start + width), (value) => {
      const shade = SHADES[Math.min(9, Math.floor(value * 10))] ?? " ";
      return shade + shade;
    });
    lines.push(shades.join("").trimEnd());
  }
  return lines;
}

/** A spike raster in Braille dots: time to the right, units downwards; dots of near spikes fall together. */
export function raster(train: SpikeTrain, size: { units: number; steps: number; width?: number; height?: number }): string[] {
  const { units, steps, width = 72, height = 16 } = size;
  const columns = Math.min(2 * width, steps);
  const rows = Math.min(4 * height, units);
  const wide = Math.ceil(columns / 2);
  const cells = new Uint8Array(wide * Math.ceil(rows / 4));
  for (let k = 0; k < train.times.length; k++) {
    const column = Math.floor(((train.times[k] ?? 0) * columns) / steps);
    const row = Math.floor(((train.units[k] ?? 0) * rows) / units);
    const cell = Math.floor(row / 4) * wide + Math.floor(column / 2);
    cells[cell] = (cells[cell] ?? 0) | (DOTS[row % 4]?.[column % 2] ?? 0);
  }
  const lines = [`┌${"─".repeat(wide)}┐ unit 0`];
  for (let start = 0; start < cells.length; start += wide) {
    const dots = Array.from(cells.subarray(start, start + wide), (bits) => String.fromCharCode(BRAILLE + bits));
    lines.push(`│${dots.join("")}│`);
  }
  lines.push(`└${"─".repeat(wide)}┘ unit ${units - 1}`, `step 0 ${`${steps - 1}`.padStart(wide - 5)}`);
  return lines;
}
