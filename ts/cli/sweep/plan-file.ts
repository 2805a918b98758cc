import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { inFile, SpikeletError } from "../../errors.js";
import { isObject, type Json, type JsonObject, parseJson } from "../../json.js";
import { type Plan, parsePlan } from "../../sweep/plan.js";
import { readConfigFile, readPreset } from "../configuration.js";

/** A plan as its file says it, with the configuration inside. */
export interface PlanFile {
  name: string;
  plan: Plan;
  /** What {@link parsePlan} took. */
  json: JsonObject;
}

/**
 * Reads a plan. Its `config` is an object, a file beside the plan or a preset.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with file and path.
 */
export async function readPlan(file: string): Promise<PlanFile> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new SpikeletError("CONFIG_INVALID", file, `is no plan (${cause instanceof Error ? cause.message : cause})`, cause);
  });
  const json = parseJson(text, file);
  if (!isObject(json)) throw new SpikeletError("CONFIG_INVALID", file, "must hold a JSON object");
  const { config = "digits", ...rest } = json;
  const base = dirname(file);
  const whole = { config: typeof config === "string" ? await configuration(config, base) : placed(config, base), ...rest };
  return { name: basename(file, ".json"), plan: checked(whole, file), json: whole };
}

/** Checks the text of a plan that comes from `file`. */
export function checked(json: JsonObject, file: string): Plan {
  try {
    return parsePlan(json);
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}

async function configuration(name: string, base: string): Promise<Json> {
  const isFile = name.endsWith(".json");
  const { config, file } = await (isFile ? readConfigFile(resolve(base, name)) : readPreset(name));
  return placed(config, isFile ? dirname(file) : ".");
}

/** A relative folder of data is relative to the file that names it. */
function placed(config: Json, base: string): Json {
  if (!isObject(config) || !isObject(config["data"]) || typeof config["data"]["dir"] !== "string") return config;
  return { ...config, data: { ...config["data"], dir: resolve(base, config["data"]["dir"]) } };
}
