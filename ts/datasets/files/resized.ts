import type { Bitmap } from "../../io/bitmap.js";

/** Size and colours of the images of a data set. */
export interface ImageLayout {
  height: number;
  width: number;
  /** Whether there are channels for red, green and blue, instead of one grey value. */
  isColour: boolean;
}

/** Parts of red, green and blue in a grey value (ITU-R BT.601). */
const GREY = [0.299, 0.587, 0.114] as const;

/**
 * Pixels `[height][width]` or `[channel][height][width]` of an image, scaled so that it fills the size and cut at its middle. Each
 * pixel is the mean over the area that it covers; what is transparent lies on white.
 */
export function resized({ width, height, rgba }: Bitmap, to: ImageLayout): Uint8Array {
  const scale = Math.min(width / to.width, height / to.height);
  const columns = spans(to.width, scale, (width - scale * to.width) / 2);
  const rows = spans(to.height, scale, (height - scale * to.height) / 2);
  const channels = to.isColour ? 3 : 1;
  const pixels = new Uint8Array(channels * to.height * to.width);
  const sum = new Float64Array(3);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      sum.fill(0);
      let area = 0;
      for (const { at: line, part: tall } of row) {
        for (const { at: place, part: wide } of column) {
          const from = 4 * (line * width + place);
          const [weight, opacity] = [tall * wide, (rgba[from + 3] ?? 0) / 255];
          for (let c = 0; c < 3; c++) {
            sum[c] = (sum[c] ?? 0) + weight * (opacity * (rgba[from + c] ?? 0) + (1 - opacity) * 255);
          }
          area += weight;
        }
      }
      const [red, green, blue] = [0, 1, 2].map((c) => (sum[c] ?? 0) / area) as [number, number, number];
      const values = to.isColour ? [red, green, blue] : [GREY[0] * red + GREY[1] * green + GREY[2] * blue];
      for (const [c, value] of values.entries()) pixels[(c * to.height + y) * to.width + x] = Math.round(value);
    }
  }
  return pixels;
}

/** A pixel of the source, and which part of its side is covered. */
interface Cover {
  at: number;
  part: number;
}

/** The pixels of the source that each of `count` pixels covers along one axis, from `start` on. */
function spans(count: number, scale: number, start: number): Cover[][] {
  return Array.from({ length: count }, (_, k) => {
    const [from, to] = [start + k * scale, start + (k + 1) * scale];
    const covers: Cover[] = [];
    for (let at = Math.floor(from + 1e-9); at < to - 1e-9; at++) {
      covers.push({ at, part: Math.min(to, at + 1) - Math.max(from, at) });
    }
    return covers;
  });
}
