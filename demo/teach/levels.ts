import { SIDE } from "../race/digits.js";

/** Pixels of a drawing. */
export const PIXELS = SIDE * SIDE;

/** Grey values that a drawing of this room has, black included: few enough that an address holds several drawings. */
export const LEVELS = 4;

/** The nearest of the grey values for each pixel. */
export function coarse(drawing: Uint8Array): Uint8Array {
  return drawing.map((grey) => greyOf(levelOf(grey)));
}

export function levelOf(grey: number): number {
  return Math.round((grey / 255) * (LEVELS - 1));
}

export function greyOf(level: number): number {
  return Math.round((level / (LEVELS - 1)) * 255);
}
