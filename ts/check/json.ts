import { SpikeletError } from "../errors.js";
import { refuse } from "./values.js";

/** Levels of lists and objects inside each other that data may have: more than any configuration, fewer than the core reads. */
export const MAX_DEPTH = 100;

/** Values that data may have, each list, object and number counted wherever it stands: a list of a value for every unit fits. */
export const MAX_VALUES = 1 << 20;

/**
 * The JSON of plain data.
 *
 * @param path where `value` stands, empty for a whole configuration.
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what JSON can't hold: NaN, infinities, big integers, functions, typed arrays;
 *   with `path` for more than {@link MAX_VALUES} values.
 */
export function jsonOf(value: unknown, path: string): string {
  const { values } = extentOf(value, path, 0, new Map());
  if (values > MAX_VALUES) throw new SpikeletError("CONFIG_INVALID", path, `has more than ${MAX_VALUES} values`);
  return JSON.stringify(value);
}

/** What a value becomes when it is written out. */
interface Extent {
  /** The value and all that it contains; one that stands in two places counts twice. */
  readonly values: number;
  /** Levels of lists and objects. */
  readonly height: number;
}

const LEAF: Extent = { values: 1, height: 0 };

/** Checks a value. What is in `known` was checked elsewhere: references that share an object are followed once. */
function extentOf(value: unknown, path: string, depth: number, known: Map<object, Extent>): Extent {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return LEAF;
  if (typeof value === "number") refuse("CONFIG_INVALID", path, "a finite number", value);
  const before = known.get(value as object);
  if (depth + (before?.height ?? 1) - 1 > MAX_DEPTH) {
    throw new SpikeletError("CONFIG_INVALID", path, `is nested more than ${MAX_DEPTH} levels deep`);
  }
  if (before !== undefined) return before;
  let values = 1;
  let height = 0;
  const add = (inner: Extent) => {
    values += inner.values;
    height = Math.max(height, inner.height);
  };
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) add(extentOf(entry, `${path}[${index}]`, depth + 1, known));
  } else if (Object.prototype.toString.call(value) === "[object Object]") {
    for (const [name, field] of Object.entries(value as object)) {
      if (field !== undefined) add(extentOf(field, path === "" ? name : `${path}.${name}`, depth + 1, known));
    }
  } else {
    refuse("CONFIG_INVALID", path, "plain data", value);
  }
  const extent = { values, height: height + 1 };
  known.set(value as object, extent);
  return extent;
}
