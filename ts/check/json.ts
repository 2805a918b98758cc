import { SpikeletError } from "../errors.js";
import { refuse } from "./values.js";

/** Levels of lists and objects inside each other that data may have: more than any configuration, fewer than the core reads. */
export const MAX_DEPTH = 100;

/**
 * The JSON of plain data.
 *
 * @param path where `value` stands, empty for a whole configuration.
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what JSON can't hold: NaN, infinities, big integers, functions, typed arrays.
 */
export function jsonOf(value: unknown, path: string): string {
  checkPlain(value, path, 0);
  return JSON.stringify(value);
}

function checkPlain(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  if (typeof value === "number") refuse("CONFIG_INVALID", path, "a finite number", value);
  if (depth > MAX_DEPTH) throw new SpikeletError("CONFIG_INVALID", path, `is nested more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkPlain(entry, `${path}[${index}]`, depth + 1);
  } else if (Object.prototype.toString.call(value) === "[object Object]") {
    for (const [name, field] of Object.entries(value as object)) {
      if (field !== undefined) checkPlain(field, path === "" ? name : `${path}.${name}`, depth + 1);
    }
  } else {
    refuse("CONFIG_INVALID", path, "plain data", value);
  }
}
