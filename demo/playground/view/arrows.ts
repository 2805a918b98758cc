import { tenth } from "../../page/svg.js";

/** Pixels of the head of an arrow. */
const HEAD = 4;

/** An arrow from a place upwards, or down where the length is negative, as the `d` of a path. */
export function upright(x: number, y: number, length: number): string {
  const head = Math.sign(length) * Math.min(HEAD, Math.abs(length));
  const end = y - length;
  return `M${tenth(x)},${tenth(y)}V${tenth(end)}M${tenth(x - HEAD)},${tenth(end + head)}L${tenth(x)},${tenth(end)}L${tenth(x + HEAD)},${tenth(end + head)}`;
}

/** An arrow from a place to the right, or to the left where the length is negative. */
export function level(x: number, y: number, length: number): string {
  const head = Math.sign(length) * Math.min(HEAD, Math.abs(length));
  const end = x + length;
  return `M${tenth(x)},${tenth(y)}H${tenth(end)}M${tenth(end - head)},${tenth(y - HEAD)}L${tenth(end)},${tenth(y)}L${tenth(end - head)},${tenth(y + HEAD)}`;
}
