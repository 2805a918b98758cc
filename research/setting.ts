import { SpikeletError } from "spikelet";
import type { Json, JsonObject } from "spikelet/study";

/**
 * Applies `path=value` to a configuration: `network.layers[0].units=100`. A value that is not JSON is a string.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for what has no path or no `=`, and for a path into a value that has no fields.
 */
export function applySetting(config: JsonObject, setting: string): void {
  const [, path = "", text = ""] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
  const keys = path.match(/[^.[\]]+/g) ?? [];
  const last = keys.pop();
  if (last === undefined) throw new SpikeletError("CONFIG_INVALID", "--set", `needs PATH=VALUE, got "${setting}"`);
  let place: JsonObject = config;
  for (const key of keys) {
    if (!Object.hasOwn(place, key)) place[key] = {};
    const inner: Json | undefined = place[key];
    if (typeof inner !== "object" || inner === null) {
      throw new SpikeletError("CONFIG_INVALID", path, `${key} has no fields`);
    }
    place = inner as JsonObject;
  }
  place[last] = parsed(text);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
