import { UsageError } from "./exit.js";

/** A whole number of at least `min`. */
export function wholeNumber(text: string, option: string, min = 0): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= min) return number;
  throw new UsageError(`--${option} must be a whole number from ${min}, got "${text}"`);
}
