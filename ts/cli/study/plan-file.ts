import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { inFile, SpikeletError } from "../../errors.js";
import { isObject, type Json, parseJson } from "../../json.js";
import { planIn } from "../../study/plan/plan.js";
import type { NamedPlan } from "../../study/store/study-folder.node.js";
import { readConfigFile, readPreset } from "../configuration.js";
import { UsageError } from "../exit.js";

/**
 * Reads a plan. Its `config` is an object, a file beside the plan or a preset.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with file and path.
 */
export async function readPlan(file: string): Promise<NamedPlan> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new SpikeletError("CONFIG_INVALID", file, `is not a plan (${cause instanceof Error ? cause.message : cause})`, cause);
  });
  const json = parseJson(text, file);
  if (!isObject(json)) throw new SpikeletError("CONFIG_INVALID", file, "must hold a JSON object");
  const { config = "variants" in json ? {} : "digits", ...rest } = json;
  const base = dirname(file);
  const whole = { config: typeof config === "string" ? await configuration(config, file) : placed(config, base), ...rest };
  return { name: basename(file, ".json"), plan: planIn(file, whole), json: whole };
}

/** The configuration that a plan names. */
async function configuration(name: string, plan: string): Promise<Json> {
  try {
    const isFile = name.endsWith(".json");
    const { config, file } = await (isFile ? readConfigFile(resolve(dirname(plan), name)) : readPreset(name));
    return placed(config, isFile ? dirname(file) : ".");
  } catch (thrown) {
    const place = `${plan}: config`;
    if (thrown instanceof UsageError) throw new SpikeletError("CONFIG_INVALID", place, thrown.message, thrown);
    throw inFile(place, thrown);
  }
}

/** A relative folder of data is relative to the file that names it. */
function placed(config: Json, base: string): Json {
  if (!isObject(config) || !isObject(config["data"]) || typeof config["data"]["dir"] !== "string") return config;
  return { ...config, data: { ...config["data"], dir: resolve(base, config["data"]["dir"]) } };
}
