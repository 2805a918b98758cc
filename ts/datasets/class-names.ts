import { type Check, listOf, refuse, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";

/** Classes of samples: numbers, or names. */
export type Labels = ArrayLike<number> | readonly string[];

/** Classes of samples as numbers, and what they are called. */
export interface NamedLabels {
  labels: Uint32Array;
  classes?: readonly string[];
}

const list: Check<string[]> = listOf(text, "CONFIG_INVALID");

/** @internal Names of classes, each of which is there once. */
export const classNames: Check<readonly string[]> = (value, path) => {
  const names = list(value, path);
  if (names.length === 0) throw new SpikeletError("CONFIG_INVALID", path, "must have at least one name, has none");
  const again = names.findIndex((name, k) => names.indexOf(name) < k);
  if (again >= 0) refuse("CONFIG_INVALID", `${path}[${again}]`, "a name that is not there before", names[again]);
  return names;
};

/**
 * @internal Numbers the classes of samples: names by their place in `classes`, or else in the order of their characters' codes.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the place of a label that is no class.
 */
export function namedLabels(labels: Labels, classes: readonly string[] | undefined): NamedLabels {
  const areNames = typeof labels[0] === "string";
  if (!areNames) {
    const number = whole(0, classes === undefined ? 0xffff_ffff : classes.length - 1, "DATA_FORMAT");
    const numbers = Uint32Array.from(labels as ArrayLike<number>, (label, k) => number(label, `labels[${k}]`));
    return classes === undefined ? { labels: numbers } : { labels: numbers, classes };
  }
  const names = Array.from(labels as readonly string[]);
  const odd = names.findIndex((name) => typeof name !== "string");
  if (odd >= 0) refuse("DATA_FORMAT", `labels[${odd}]`, "a name as those before it", names[odd]);
  const known = classes ?? [...new Set(names)].sort();
  const places = new Map(known.map((name, place) => [name, place]));
  const numbered = Uint32Array.from(names, (name, k) => {
    return places.get(name) ?? refuse("DATA_FORMAT", `labels[${k}]`, `one of ${known.join(", ")}`, name);
  });
  return { labels: numbered, classes: known };
}
