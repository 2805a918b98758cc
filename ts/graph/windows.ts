import type { Convolution, ConvolutionInput, Pool } from "../generated/config.js";

/** A window along each axis: of two numbers over images, of one over sequences (spec 17). */
export interface Windows {
  taps: readonly number[];
  stride: readonly number[];
  /** Zeros on each side, or `same` where they are not alike on both. */
  padding: "same" | readonly number[];
  dilation: readonly number[];
}

/** Windows of a convolution over so many axes. */
export function convolutionWindows(given: Convolution | ConvolutionInput, axes: number): Windows {
  const of = (size: number | readonly number[]) => along(size, axes);
  const [taps, stride, dilation] = [of(given.kernel), of(given.stride ?? 1), of(given.dilation ?? 1)];
  const { padding = "same" } = given;
  if (padding === "valid") return { taps, stride, dilation, padding: taps.map(() => 0) };
  if (padding !== "same") return { taps, stride, dilation, padding: of(padding) };
  const around = taps.map((count, axis) => (dilation[axis] ?? 1) * (count - 1));
  return { taps, stride, dilation, padding: around.some((zeros) => zeros % 2 === 1) ? "same" : around.map((zeros) => zeros / 2) };
}

/** Windows of a pool over so many axes: side by side unless it has a stride. */
export function poolWindows({ window, stride = window }: Pool, axes: number): Windows {
  const none = new Array<number>(axes);
  return { taps: along(window, axes), stride: along(stride, axes), padding: none.fill(0), dilation: new Array(axes).fill(1) };
}

/** Places of a window along each axis: `⌊(size + 2 padding − dilation (taps − 1) − 1) / stride⌋ + 1`. */
export function placesOf({ taps, stride, padding, dilation }: Windows, sizes: readonly number[]): number[] {
  if (padding === "same") return [...sizes];
  return sizes.map((size, axis) => {
    const span = (dilation[axis] ?? 1) * ((taps[axis] ?? 1) - 1) + 1;
    return Math.floor((size + 2 * (padding[axis] ?? 0) - span) / (stride[axis] ?? 1)) + 1;
  });
}

/** The size along each axis. */
function along(size: number | readonly number[], axes: number): readonly number[] {
  return typeof size === "number" ? new Array<number>(axes).fill(size) : size;
}
