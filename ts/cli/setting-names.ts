import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { closest } from "../closest.js";
import { isObject, type Json, type JsonObject } from "../json.js";

const SCHEMA = fileURLToPath(new URL("../../spikelet.schema.json", import.meta.url));

/** The setting that an option which there is not most likely meant: `training.epochs` for `epoch`. */
export function settingLike(option: string): string | undefined {
  const camel = option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const paths = new Map(settingPaths().map((path) => [path.slice(path.indexOf(".") + 1), path]));
  const near = closest(camel, [...paths.keys()]);
  return near === undefined ? undefined : paths.get(near);
}

/** Every `section.field` of a configuration. */
function settingPaths(): string[] {
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8")) as { properties: Record<string, { $ref?: string }>; $defs: JsonObject };
  return Object.entries(schema.properties).flatMap(([section, { $ref }]) => {
    if ($ref === undefined) return [];
    return fieldsOf(schema.$defs[$ref.split("/").at(-1) ?? ""]).map((field) => `${section}.${field}`);
  });
}

/** Fields of an object, or of all the variants that it may be. */
function fieldsOf(definition: Json | undefined): string[] {
  if (!isObject(definition)) return [];
  const { properties, oneOf } = definition;
  const variants = Array.isArray(oneOf) ? oneOf.flatMap(fieldsOf) : [];
  return [...(isObject(properties) ? Object.keys(properties) : []), ...variants];
}
