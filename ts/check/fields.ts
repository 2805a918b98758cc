import { didYouMean } from "../closest.js";
import { SpikeletError } from "../errors.js";
import type { ErrorCode } from "../generated/errors.js";
import { type Check, refuse } from "./values.js";

/** A check for each field of `T`. */
export type FieldChecks<T> = { readonly [Name in keyof Required<T>]: Check<Required<T>[Name]> };

/** What `Object.prototype.toString` says of objects of any fields; a module is one. */
const RECORDS = ["[object Object]", "[object Module]"];

/** An object of any fields, and no other kind of object: no array, map or promise. */
export function record(value: unknown, path: string, code: ErrorCode = "CONFIG_INVALID"): Record<string, unknown> {
  if (RECORDS.includes(Object.prototype.toString.call(value))) return value as Record<string, unknown>;
  return refuse(code, path, "an object", value);
}

/**
 * An object with the fields of `checks` and no others; those that are not `required` may be missing.
 *
 * @returns a check whose result is a new object; `path` is that of the fields, empty for the options of a call.
 */
export function fields<T extends object>(checks: FieldChecks<T>, ...required: (keyof T & string)[]): Check<T> {
  const known = Object.keys(checks) as (keyof T & string)[];
  return (value, path) => {
    const given = record(value, path || "options");
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(checks, name)) continue;
      throw new SpikeletError("CONFIG_INVALID", at(name), `is no option; ${didYouMean(name, known)}`);
    }
    const result: Partial<T> = {};
    for (const name of known) {
      const field = given[name];
      if (field !== undefined) result[name] = checks[name](field, at(name));
      else if (required.includes(name)) throw new SpikeletError("CONFIG_INVALID", at(name), "is missing");
    }
    return result as T;
  };
}
