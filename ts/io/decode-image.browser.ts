import { SpikeletError } from "../errors.js";
import { type Bitmap, MAX_PIXELS } from "./bitmap.js";

/**
 * Decodes an image of any format that the browser knows.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for anything else, an image of more than 100 million pixels, and in runtimes that decode none.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Bitmap> {
  if (typeof createImageBitmap === "undefined" || typeof OffscreenCanvas === "undefined") {
    throw new SpikeletError("DATA_FORMAT", "", "can't be decoded: this runtime has no decoder of images (a page and Node have)");
  }
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const image = await createImageBitmap(blob).catch((cause: unknown) => {
    throw new SpikeletError("DATA_FORMAT", "", "is no image that this browser can decode", cause);
  });
  try {
    const { width, height } = image;
    if (width * height > MAX_PIXELS) {
      throw new SpikeletError("DATA_FORMAT", "", `has ${width * height} pixels, more than ${MAX_PIXELS}`);
    }
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) throw new SpikeletError("DATA_FORMAT", "", "can't be drawn: the browser gives no canvas");
    context.drawImage(image, 0, 0);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    image.close();
  }
}
