import { SpikeletError } from "../errors.js";
import { type Json, type JsonObject, parseJson, putAt } from "../json.js";
import { UsageError } from "./exit.js";

/** Applies `path=value` to a configuration: `network.layers[0].units=100`. A value that is not JSON is a string. */
export function applySetting(config: JsonObject, setting: string): void {
  const equals = setting.indexOf("=");
  if (equals < 1) throw new UsageError(`--set needs PATH=VALUE, got "${setting}"`);
  try {
    putAt(config, setting.slice(0, equals), parsedValue(setting.slice(equals + 1)));
  } catch (thrown) {
    if (thrown instanceof SpikeletError) throw new UsageError(`--set ${setting}: ${thrown.message}`);
    throw thrown;
  }
}

function parsedValue(text: string): Json {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return parseJson(text, "");
}
