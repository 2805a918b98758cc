import type { FieldChecks } from "../check/fields.js";
import { type Check, finite, refuse, text } from "../check/values.js";

/** Options of every figure. */
export interface FigureOptions {
  /** Heading above the figure. */
  title?: string;
  /** Width in pixels, 640 by default, from 160 to 20,000; the height depends on the content. */
  width?: number;
}

/** Narrower figures have no room beside their labels, wider axes would get millions of ticks. */
const [MIN_WIDTH, MAX_WIDTH] = [160, 20_000];

const pixels: Check<number> = (value, path) => {
  const width = finite(value, path);
  if (width >= MIN_WIDTH && width <= MAX_WIDTH) return width;
  return refuse("CONFIG_INVALID", path, `from ${MIN_WIDTH} to ${MAX_WIDTH}`, value);
};

/** A check for each of {@link FigureOptions}: what is written into the text of a figure is what its type says. */
export const FIGURE: FieldChecks<FigureOptions> = { title: text, width: pixels };
