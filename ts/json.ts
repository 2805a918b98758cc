import { MAX_DEPTH } from "./check/json.js";
import { SpikeletError } from "./errors.js";

/** Plain JSON. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the text of a file; a byte order mark before it is no part of it.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with `file` as its path, for what is not JSON or is nested too deeply.
 */
export function parseJson(text: string, file: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text.startsWith("\u{feff}") ? text.slice(1) : text) as Json;
  } catch (thrown) {
    throw new SpikeletError("CONFIG_INVALID", file, `is not JSON (${thrown instanceof Error ? thrown.message : thrown})`, thrown);
  }
  if (isDeeper(value, MAX_DEPTH)) throw wrong(file, `is nested more than ${MAX_DEPTH} levels deep`);
  return value;
}

/** Level by level: what is nested deeply has no room on the stack. */
function isDeeper(value: Json, levels: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/**
 * The keys of a path such as `network.layers[0].units`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` at the path when it is not one.
 */
export function keysOf(path: string): (string | number)[] {
  const keys = path.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  const normal = keys.map((key) => (key.startsWith("[") ? Number(key.slice(1, -1)) : key));
  const rebuilt = normal.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
  if (keys.length > MAX_DEPTH) throw wrong("", `has more than ${MAX_DEPTH} keys`);
  if (rebuilt !== path || path === "") throw wrong(path, "is no path like network.layers[0].units");
  for (const key of normal) {
    if (key === "__proto__" || key === "constructor") throw wrong(path, `${key} can't be changed`);
  }
  return normal;
}

/** What stands at a path, or `undefined`. */
export function valueAt(root: Json, path: string): Json | undefined {
  let place: Json | undefined = root;
  for (const key of keysOf(path)) place = place === undefined ? undefined : child(place, key);
  return place;
}

/**
 * Puts a value at a path; objects and lists on the way are made where there are none.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` at the path when it does not fit what is there.
 */
export function putAt(root: JsonObject, path: string, value: Json): void {
  const keys = keysOf(path);
  const last = keys.pop();
  if (last === undefined) return;
  let place: Json = root;
  for (const [depth, key] of keys.entries()) {
    const next: Json | undefined = child(place, key);
    if (next === undefined || next === null) {
      const made: Json = typeof (keys[depth + 1] ?? last) === "number" ? [] : {};
      put(place, key, made, path);
      place = made;
    } else {
      place = next;
    }
  }
  put(place, last, value, path);
}

/** Text of a value that does not depend on the order in which its keys were written. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(",")}}`;
}

function child(place: Json, key: string | number): Json | undefined {
  if (Array.isArray(place)) return typeof key === "number" ? place[key] : undefined;
  return isObject(place) && typeof key === "string" && Object.hasOwn(place, key) ? place[key] : undefined;
}

function put(place: Json, key: string | number, value: Json, path: string): void {
  if (Array.isArray(place) && typeof key === "number") {
    if (key > place.length) throw wrong(path, `the list has ${place.length} entries`);
    place[key] = value;
  } else if (isObject(place) && typeof key === "string") {
    place[key] = value;
  } else {
    throw wrong(path, "does not fit the configuration");
  }
}

function wrong(path: string, message: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", path, message);
}
