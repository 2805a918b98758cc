import { fields } from "../check/fields.js";
import { flag, listOf, refuse, whole } from "../check/values.js";
import { resized } from "../datasets/files/resized.js";
import { SpikeletError } from "../errors.js";

/** Something that a page can draw: a canvas, a video, an image or a bitmap. */
export type ImageSource = Exclude<CanvasImageSource, SVGImageElement>;

/** How an image of a page becomes that of a sample. */
export interface ImageLayoutOptions {
  /** Height and width of the image, which is scaled to fill it and cut at its middle. */
  size: readonly [height: number, width: number];
  /** Whether it keeps its colours, as 3 channels; `false` by default. */
  colour?: boolean;
  /** Whether dark and bright are exchanged, so that dark ink on light ground is bright, as the digits of MNIST are. */
  invert?: boolean;
}

/** @internal A check of height and width. */
export const imageSize = (value: unknown, path: string): readonly [number, number] => {
  const [height, width, ...others] = listOf(whole(1, 4096), "CONFIG_INVALID")(value, path);
  if (height !== undefined && width !== undefined && others.length === 0) return [height, width];
  return refuse("CONFIG_INVALID", path, "[height, width]", JSON.stringify(value));
};

const layoutOptions = fields<ImageLayoutOptions>({ size: imageSize, colour: flag, invert: flag }, "size");

/**
 * Returns what a canvas, a video or an image shows, as the image of a sample: bytes `[height][width]` or, with `colour`,
 * `[channel][height][width]`. What is transparent lies on white.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for an invalid option, `DATA_FORMAT` for a source that shows nothing yet, and for one from
 * another server that does not let the page read it.
 */
export function imageOf(source: ImageSource, options: ImageLayoutOptions): Uint8Array {
  const {
    size: [height, width],
    colour: isColour = false,
    invert = false,
  } = layoutOptions(options, "");
  const pixels = resized(bitmapOf(source), { height, width, isColour });
  return invert ? pixels.map((value) => 255 - value) : pixels;
}

function bitmapOf(source: ImageSource) {
  const [width, height] = sizeOf(source);
  if (!(width > 0 && height > 0)) throw new SpikeletError("DATA_FORMAT", "source", "shows nothing yet");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new SpikeletError("DATA_FORMAT", "source", "can't be drawn: the browser gives no canvas");
  context.drawImage(source, 0, 0, width, height);
  try {
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", "source", "comes from another server, which does not let this page read it", cause);
  }
}

function sizeOf(source: ImageSource): [width: number, height: number] {
  if ("videoWidth" in source) return [source.videoWidth, source.videoHeight];
  if ("naturalWidth" in source) return [source.naturalWidth, source.naturalHeight];
  if ("displayWidth" in source) return [source.displayWidth, source.displayHeight];
  return [source.width, source.height];
}
