import { element } from "../page/element.js";
import { SIDE } from "../race/digits.js";

/** A small image of a drawing, hidden from screen readers. */
export function thumbnailOf(pixels: Uint8Array): HTMLCanvasElement {
  const canvas = element("canvas", { width: String(SIDE), height: String(SIDE), "aria-hidden": "true" });
  const image = new ImageData(SIDE, SIDE);
  // Black ink; in the dark the style sheet turns it over.
  for (const [k, pixel] of pixels.entries()) image.data[4 * k + 3] = pixel;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
