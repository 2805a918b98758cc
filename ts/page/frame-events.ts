import { fields } from "../check/fields.js";
import { bytes, positive } from "../check/values.js";
import { SpikeletError } from "../errors.js";

/**
 * Turns images into events as an event camera does: a pixel sends one where its grey value has risen or fallen by a threshold since
 * its last event.
 */
export class FrameEvents {
  readonly #threshold: number;
  /** Grey value of each pixel at its last event, 0 to 255; `undefined` before the first image. */
  #last: Float64Array | undefined;

  /**
   * @param options `threshold` as a part of the way from black to white, 0.1 by default.
   * @throws {SpikeletError} `CONFIG_INVALID` for a threshold that is not above 0.
   */
  constructor(options: { threshold?: number } = {}) {
    const { threshold = 0.1 } = fields<{ threshold?: number }>({ threshold: positive })(options, "");
    this.#threshold = 255 * threshold;
  }

  /**
   * Takes the next image and returns the units of its events, ascending: first the pixels that became darker, then those that became
   * brighter, as in `datasets.fromRecordings`. So images of `[height, width]` need a network of the input `[2, height, width]`. The
   * first image has no events.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for an image of another size than the one before, `DATA_FORMAT` for what is no bytes.
   */
  push(image: Uint8Array): ReturnType<Uint32Array["slice"]> {
    const pixels = bytes(image, "image");
    const last = this.#last;
    if (last === undefined) {
      this.#last = Float64Array.from(pixels);
      return new Uint32Array();
    }
    if (pixels.length !== last.length) {
      const message = `must have ${last.length} pixels as the images before, has ${pixels.length}`;
      throw new SpikeletError("SHAPE_MISMATCH", "image", message);
    }
    const [darker, brighter]: [number[], number[]] = [[], []];
    for (const [pixel, before] of last.entries()) {
      // Whole thresholds only: the rest counts for the next image.
      const steps = Math.trunc(((pixels[pixel] ?? 0) - before) / this.#threshold);
      if (steps === 0) continue;
      last[pixel] = before + steps * this.#threshold;
      if (steps < 0) darker.push(pixel);
      else brighter.push(last.length + pixel);
    }
    return Uint32Array.from([...darker, ...brighter]);
  }
}
