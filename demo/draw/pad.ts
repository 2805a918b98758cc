import { DrawingPad } from "spikelet/page";
import { element } from "../page/element.js";
import { SIDE } from "../race/digits.js";

export interface PadListener {
  /** A stroke changed the image, or the pen was lifted. */
  drawn(): void;
  /** Something happened that a screen reader should say. */
  said(sentence: string): void;
}

/**
 * A canvas of 28 × 28 to draw on.
 *
 * @param name what is drawn on it, for screen readers.
 */
export function padIn(box: HTMLElement, name: string, { drawn, said }: PadListener): DrawingPad {
  const canvas = element("canvas", {
    role: "application",
    "aria-roledescription": "drawing pad",
    "aria-label": name,
    "aria-describedby": "pad-help",
  });
  box.append(canvas);
  return new DrawingPad(canvas, { side: SIDE, onDraw: drawn, onSay: said });
}
