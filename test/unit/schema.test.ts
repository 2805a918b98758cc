import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAX_STEPS } from "../../ts/check/steps.js";
import { isObject, type Json, type JsonObject } from "../../ts/json.js";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): JsonObject => JSON.parse(readFileSync(new URL(path, ROOT), "utf8"));
const schema = read("spikelet.schema.json");

/** The files of TypeScript, below `ts`. */
const sources = () =>
  readdirSync(new URL("ts/", ROOT), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const textOf = (file: string) => readFileSync(new URL(`ts/${file}`, ROOT), "utf8");

/** All that a schema may stand for: itself, what it refers to, and its alternatives. */
function meanings(one: Json | undefined): JsonObject[] {
  if (!isObject(one)) return [];
  const { $ref, oneOf, anyOf, allOf } = one;
  const referred = typeof $ref === "string" ? [(schema["$defs"] as JsonObject)[$ref.split("/").at(-1) ?? ""]] : [];
  const others = [oneOf, anyOf, allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [one, ...[...referred, ...others].flatMap(meanings)];
}

/** Paths of a configuration that an editor could neither complete nor explain. */
function unexplained(value: Json, given: JsonObject[], path: string): string[] {
  if (Array.isArray(value)) {
    const items = given.flatMap(({ items }) => meanings(items));
    return value.flatMap((entry, k) => unexplained(entry, items, `${path}[${k}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const fields = given.flatMap(({ properties }) => (isObject(properties) ? meanings(properties[key]) : []));
    const isExplained = fields.some(({ description, const: word }) => description !== undefined || word !== undefined);
    return [...(isExplained ? [] : [`${path}.${key}`]), ...unexplained(entry, fields, `${path}.${key}`)];
  });
}

describe("the schema explains every field", () => {
  const presets = readdirSync(new URL("presets/", ROOT));

  it.each(presets)("of the preset %s, which names it", (file) => {
    const preset = read(`presets/${file}`);
    expect(readFileSync(new URL(String(preset["$schema"]), new URL(`presets/${file}`, ROOT)), "utf8")).toContain('"$defs"');
    expect(unexplained(preset, meanings(schema), "")).toEqual([]);
  });

  it("and knows what is none", () => {
    const wrong = { training: { epoch: 5 }, loss: { type: "latency" }, data: { dataset: "yinYang" } };
    expect(unexplained(wrong, meanings(schema), "")).toEqual([".training.epoch"]);
  });
});

it("a default of the core stands in no other file of TypeScript", () => {
  const own = sources().filter((file) => !/^(generated|plot)[\\/]/.test(file));
  expect(own.length).toBeGreaterThan(100);
  const isRepeated = /\?\? ?\d\d+|\bsteps = 300\b/;
  expect(own.filter((file) => isRepeated.test(textOf(file)))).toEqual([]);
});

it("the most steps are those of the configuration, written once", () => {
  const { NetworkConfig } = schema["$defs"] as { NetworkConfig: JsonObject };
  expect((NetworkConfig["properties"] as JsonObject)["steps"]).toMatchObject({ maximum: MAX_STEPS });
  // Addresses of events and ports have as many bits.
  const isOther = /^(generated|io|cli|datasets[\\/]camera|report[\\/]api)[\\/]|^infer[\\/]encode[\\/]options\.ts$/;
  const others = sources().filter((file) => !isOther.test(file) && /0xffff\b|\b65535\b/.test(textOf(file)));
  expect(others).toEqual([join("check", "steps.ts")]);
});
