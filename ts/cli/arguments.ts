import { resolve } from "node:path";
import { UsageError } from "./exit.js";

/**
 * Refuses options that would have no effect beside the others.
 *
 * @param why what makes them have none, for the first that was given.
 * @throws {UsageError}
 */
export function refuseOptions<A extends object>(args: A, names: readonly (keyof A & string)[], why: string): void {
  const given = names.find((name) => isGiven(args[name]));
  if (given !== undefined) throw new UsageError(`${why}: leave --${given} out`);
}

/** An option that may stand more than once is a list. */
function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/**
 * Refuses to write what was read: a network would take the place of a checkpoint with all that its training needs.
 *
 * @throws {UsageError}
 */
export function refuseOwnInput(out: string, input: string): void {
  if (resolve(out) === resolve(input)) throw new UsageError(`--out ${out} is the file that is read: give another`);
}

/** A whole number of at least `min`. */
export function wholeNumber(text: string, option: string, min = 0): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= min) return number;
  throw new UsageError(`--${option} must be a whole number from ${min}, got "${text}"`);
}
