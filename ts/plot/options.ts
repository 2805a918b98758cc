import type { FieldChecks } from "../check/fields.js";
import { type Check, finite, refuse, text } from "../check/values.js";

/** Options of every figure. */
export interface FigureOptions {
  /** Heading above the figure. */
  title?: string;
  /** Width in pixels, 640 by default; the height depends on the content. */
  width?: number;
}

/** Wider axes would get millions of ticks. */
const MAX_WIDTH = 20_000;

const pixels: Check<number> = (value, path) => {
  const width = finite(value, path);
  return width >= 1 && width <= MAX_WIDTH ? width : refuse("CONFIG_INVALID", path, `from 1 to ${MAX_WIDTH}`, value);
};

/** A check for each of {@link FigureOptions}: what is written into the text of a figure is what its type says. */
export const FIGURE: FieldChecks<FigureOptions> = { title: text, width: pixels };
