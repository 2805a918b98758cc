import type { ResolvedConfig } from "../../config.js";
import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { canonical, type Json, type JsonObject } from "../../json.js";
import { version } from "../../version.js";
import { sha256 } from "./sha256.js";

/** Everything that decides on the results of a run. */
export interface RunSource {
  /** Resolved configuration of a training; of a study what its plan says, with the source of the data and without places. */
  config: ResolvedConfig | JsonObject;
  /** SHA-256 of what it learns from: {@link dataIdentity}, or the hash of the samples where the configuration says how they are used. */
  data: string;
  /** Names the state that it begins with, unless that follows from the configuration. */
  parent?: string | undefined;
  /** Version of the library; this one's unless given. */
  version?: string;
}

/**
 * Names a run by what decides on its results, on whatever machine and with any number of threads: configuration with its seed, data,
 * version of the library, and the state that it begins with. Two runs of one name leave the same bits.
 *
 * @returns 32 hex digits.
 */
export async function runIdentity({ config, data, parent, version: of = version }: RunSource): Promise<string> {
  const { training, ...rest } = config as JsonObject;
  const { threads: _, ...kept } = (training ?? {}) as JsonObject;
  const source = { config: { ...rest, training: kept }, data, version: of, parent: parent ?? null };
  return (await sha256(canonical(source))).slice(0, 32);
}

/**
 * Names samples, targets, encoding and split: SHA-256 of what a network gets of each part, in its order.
 *
 * @returns 64 hex digits.
 */
export async function dataIdentity(split: Split): Promise<string> {
  const parts: Json[] = [];
  for (const name of ["train", "validation", "test"] as const) {
    const part = split[name];
    const { descriptor } = part.isStored ? await part.wireAhead() : part.wire();
    parts.push({ name, samples: part.length, inputs: JSON.parse(descriptor) as Json, hashes: await contentOf(part) });
  }
  return sha256(canonical(parts));
}

/**
 * Names samples with their targets, and what splits them; how they are encoded is no part of it.
 *
 * @returns 64 hex digits.
 */
export async function samplesIdentity(data: SpikeDataset): Promise<string> {
  const { shape, testSamples = null, validationSamples = null, isValidationFixed } = data.info;
  // `rows` numbers the samples for random encodings; it is no part of them.
  const { rows: _, ...hashes } = data.isStored ? await contentOf(data) : await hashesOf(data.wire().arrays);
  const fixed = isValidationFixed ? { isValidationFixed } : {};
  return sha256(canonical({ shape: [...shape], testSamples, validationSamples, ...fixed, hashes }));
}

/** Hashes of what a network gets, or of what names samples that are not in memory. */
async function contentOf(data: SpikeDataset): Promise<JsonObject> {
  const { origin, labels } = data;
  if (origin === undefined) return hashesOf(data.wire().arrays);
  const { identity, rows } = origin;
  return { identity, ...(await hashesOf({ places: rows, ...(labels && { labels }) })) };
}

async function hashesOf(arrays: object): Promise<JsonObject> {
  const hashes: JsonObject = {};
  for (const [name, values] of Object.entries(arrays)) hashes[name] = await sha256(values as ArrayBufferView);
  return hashes;
}
