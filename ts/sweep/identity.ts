import { canonical, isObject, type Json, type JsonObject } from "../json.js";
import { sha256 } from "../study/store/sha256.js";

/** What a run follows from, seed included, and nothing else. */
export interface Identity {
  config: JsonObject;
  /** SHA-256 of the samples. */
  data: string;
}

/**
 * The identity of a run: SHA-256 of its configuration, which has the seed, and of its data.
 *
 * @returns 32 hex digits.
 */
export async function runId({ config, data }: Identity): Promise<string> {
  return (await sha256(canonical({ config, data }))).slice(0, 32);
}

/** The configuration without what no result depends on: threads, the place of the data, and what is for editors. */
export function identifying(config: JsonObject): JsonObject {
  const { $schema: _, data, training, ...rest } = config;
  const kept: JsonObject = { ...rest };
  if (isObject(training)) kept["training"] = without(training, "threads");
  if (isObject(data)) kept["data"] = without(data, "dir");
  return kept;
}

/**
 * What decides on the samples before they are encoded: runs with the same key share their data. Drawn and recorded spikes depend
 * on the steps of the network.
 */
export function dataKey(config: JsonObject): string {
  const data = isObject(config["data"]) ? config["data"] : {};
  const network = isObject(config["network"]) ? config["network"] : {};
  const { dataset = null, options = null } = data;
  return canonical({ dataset, options, steps: network["steps"] ?? null });
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest }: { [key: string]: Json } = object;
  return rest;
}
