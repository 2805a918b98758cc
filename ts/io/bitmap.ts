/** An image as decoders give it: red, green, blue and opacity of each pixel, row by row. */
export interface Bitmap {
  width: number;
  height: number;
  rgba: Uint8Array | Uint8ClampedArray;
}

/** Pixels of an image at most; a file of a few bytes may claim more than the memory holds. */
export const MAX_PIXELS = 100e6;
