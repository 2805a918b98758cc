import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { closest } from "../closest.js";
import { isObject, type Json, type JsonObject, keysOf } from "../json.js";

const FILE = fileURLToPath(new URL("../../spikelet.schema.json", import.meta.url));

/** The setting that an unknown option most likely means: `training.epochs` for `epoch`. */
export function settingLike(option: string): string | undefined {
  const camel = option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const schema = read();
  const sections = Object.entries(schema["properties"] as JsonObject);
  const settings = sections.flatMap(([section, definition]) =>
    variantsOf(schema, definition)
      .flatMap(fieldsOf)
      .map((field) => [field, `${section}.${field}`] as const),
  );
  const near = closest(
    camel,
    settings.map(([field]) => field),
  );
  return settings.find(([field]) => field === near)?.[1];
}

/**
 * Fields of the object at a path of a configuration when its `type` is the given one; `undefined` where there is no such type.
 */
export function fieldsOfType(path: string, type: string): string[] | undefined {
  const schema = read();
  let places: Json[] = [schema];
  for (const key of keysOf(path)) {
    places = places.flatMap((place) => variantsOf(schema, place)).flatMap((place) => below(place, key));
  }
  const variants = places.flatMap((place) => variantsOf(schema, place));
  const variant = variants.find(
    ({ properties }) => isObject(properties) && isObject(properties["type"]) && properties["type"]["const"] === type,
  );
  return variant && fieldsOf(variant);
}

function read(): JsonObject {
  return JSON.parse(readFileSync(FILE, "utf8")) as JsonObject;
}

/** The object that a part of the schema describes, or all those that it may be. */
function variantsOf(schema: JsonObject, part: Json | undefined): JsonObject[] {
  if (!isObject(part)) return [];
  const { $ref, oneOf, anyOf } = part;
  if (typeof $ref === "string") return variantsOf(schema, (schema["$defs"] as JsonObject)[$ref.split("/").at(-1) ?? ""]);
  const alternatives = Array.isArray(oneOf) ? oneOf : Array.isArray(anyOf) ? anyOf : undefined;
  return alternatives === undefined ? [part] : alternatives.flatMap((one) => variantsOf(schema, one));
}

function below({ properties, items }: JsonObject, key: string | number): Json[] {
  const part =
    typeof key === "number" ? items : isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return part === undefined ? [] : [part];
}

function fieldsOf({ properties }: JsonObject): string[] {
  return isObject(properties) ? Object.keys(properties) : [];
}
