import { UsageError } from "./exit.js";

/** Plain JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Applies `path=value` to a configuration: `network.layers[0].units=100`. A value that is not JSON is a string. */
export function applySetting(config: { [key: string]: Json }, setting: string): void {
  const equals = setting.indexOf("=");
  if (equals < 1) throw new UsageError(`--set needs PATH=VALUE, got "${setting}"`);
  const keys = pathOf(setting.slice(0, equals));
  const last = keys.pop();
  if (last === undefined) throw new UsageError(`--set needs PATH=VALUE, got "${setting}"`);
  let place: Json = config;
  for (const [depth, key] of keys.entries()) {
    const next: Json | undefined = child(place, key);
    if (next === undefined || next === null) {
      const made: Json = typeof (keys[depth + 1] ?? last) === "number" ? [] : {};
      put(place, key, made, setting);
      place = made;
    } else {
      place = next;
    }
  }
  put(place, last, parsedValue(setting.slice(equals + 1)), setting);
}

function pathOf(path: string): (string | number)[] {
  const keys = path.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  const normal = keys.map((key) => (key.startsWith("[") ? Number(key.slice(1, -1)) : key));
  const rebuilt = normal.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    "",
  );
  if (rebuilt !== path) throw new UsageError(`--set needs a path like network.layers[0].units, got "${path}"`);
  for (const key of normal) {
    if (key === "__proto__" || key === "constructor") throw new UsageError(`--set can't change ${key}`);
  }
  return normal;
}

function child(place: Json, key: string | number): Json | undefined {
  if (Array.isArray(place)) return typeof key === "number" ? place[key] : undefined;
  return typeof place === "object" && place !== null && typeof key === "string" && Object.hasOwn(place, key)
    ? place[key]
    : undefined;
}

function put(place: Json, key: string | number, value: Json, setting: string): void {
  if (Array.isArray(place) && typeof key === "number") {
    if (key > place.length) throw new UsageError(`--set ${setting}: the list has ${place.length} entries`);
    place[key] = value;
  } else if (typeof place === "object" && place !== null && !Array.isArray(place) && typeof key === "string") {
    place[key] = value;
  } else {
    throw new UsageError(`--set ${setting}: the path does not fit the configuration`);
  }
}

function parsedValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
