import { SpikeletError } from "../errors.js";
import { isObject, type Json, type JsonObject, parseJson, putAt, valueAt } from "../json.js";
import { UsageError } from "./exit.js";
import { say } from "./print.js";
import { fieldsOfType } from "./schema.js";

/**
 * Applies `path=value` to a configuration: `network.layers[0].units=100`. A value that is not JSON is a string. With another `type`, the
 * fields that it does not have fall away, which is said.
 */
export function applySetting(config: JsonObject, setting: string): void {
  const [path, text] = partsOf(setting);
  try {
    const value = parsedValue(text);
    if (path.endsWith(".type") && typeof value === "string") dropForeignFields(config, path.slice(0, -".type".length), value);
    putAt(config, path, value);
  } catch (thrown) {
    if (thrown instanceof SpikeletError) throw new UsageError(`--set ${setting}: ${thrown.message}`);
    throw thrown;
  }
}

/**
 * Path and value of `path=value`.
 *
 * @throws {UsageError} where it has no path or no `=`.
 */
export function partsOf(setting: string): [path: string, value: string] {
  const equals = setting.indexOf("=");
  if (equals < 1) throw new UsageError(`--set needs PATH=VALUE, got "${setting}"`);
  return [setting.slice(0, equals), setting.slice(equals + 1)];
}

function dropForeignFields(config: JsonObject, path: string, type: string): void {
  const place = valueAt(config, path);
  const known = fieldsOfType(path, type);
  if (!isObject(place) || known === undefined) return;
  const foreign = Object.keys(place).filter((field) => !known.includes(field));
  for (const field of foreign) delete place[field];
  if (foreign.length === 0) return;
  say(`--set ${path}.type=${type}: left out ${foreign.map((field) => `${path}.${field}`).join(", ")}, which it does not have`);
}

function parsedValue(text: string): Json {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return parseJson(text, "");
}
