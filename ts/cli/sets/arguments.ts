import { existsSync } from "node:fs";
import { SpikeletError } from "../../errors.js";
import type { ReadLimit } from "../../io/byte-budget.js";
import type { Json } from "../../json.js";
import type { BackendChoice } from "../../runtime/backend.js";
import { defaultFolder } from "../download/folder.js";
import type { DataSet, LoadArguments } from "./set.js";

/** How its place is given. */
const BY_OPTION = "--data PATH, or --dir PATH with spikelet data";

/**
 * The folder of a set: the one given, else where `spikelet data fetch` stores it.
 *
 * @throws {SpikeletError} `DATA_FORMAT` where there is none.
 */
export function placeOf(name: string, { isRead, published }: DataSet, given: string | null): string | null {
  if (given !== null || !isRead) return given;
  if (published === undefined) throw new SpikeletError("DATA_FORMAT", name, `is read from where you say: ${BY_OPTION}`);
  const folder = defaultFolder(name);
  if (existsSync(folder)) return folder;
  throw new SpikeletError("DATA_FORMAT", name, `is not in ${folder}: spikelet data fetch ${name}, or ${BY_OPTION}`);
}

export function limitOf({ maxBytes }: ReadLimit): ReadLimit {
  return maxBytes === undefined ? {} : { maxBytes };
}

/** Refuses options of a set that has none. */
export function none(options: { [key: string]: Json }): [] {
  const [first] = Object.keys(options);
  if (first === undefined) return [];
  throw new SpikeletError("CONFIG_INVALID", `data.options.${first}`, "the data set has no options");
}

/** The options with the steps of the network where they name none. */
export function stepped(options: { [key: string]: Json }, steps: number | undefined): { [key: string]: Json } {
  return steps === undefined || "steps" in options ? options : { ...options, steps };
}

export function common({ backend, signal }: Pick<LoadArguments, "backend" | "signal">): {
  backend: BackendChoice;
  signal?: AbortSignal;
} {
  return signal === undefined ? { backend } : { backend, signal };
}
