import { SpikeletError } from "../../errors.js";
import { isObject, type Json } from "../../json.js";
import { type Plan, planIn } from "../plan/plan.js";
import type { RunRecord } from "./record.js";

/** The results of a study, to be read: a folder with a file for each run, or a part of a packed file. */
export interface StoredStudy {
  /** Folder or file, for messages. */
  readonly dir: string;
  /** @throws {SpikeletError} `DATA_FORMAT` where there is no study. */
  manifest(): Promise<Manifest>;
  /** Every record, checked; what is damaged does not keep the others from being read. */
  records(): Promise<StoredRecords>;
}

/** Name, plan and data hashes of a study, by which its records are recognised and counted without the data. */
export interface Manifest {
  name: string;
  plan: Plan;
  hashes: ReadonlyMap<string, string>;
  /** Version of the library that ran it last. */
  version: string;
}

/** The records of a study, and errors of files that hold none. */
export interface StoredRecords {
  records: RunRecord[];
  /** For each file or line that holds no record of its run, what is wrong with it. */
  damaged: SpikeletError[];
}

/**
 * Checks a manifest.
 *
 * @param file where it lies, for messages.
 * @throws {SpikeletError} `DATA_FORMAT`, `CONFIG_INVALID` for its plan.
 */
export function checkedManifest(json: Json, file: string): Manifest {
  const { format, name, version, plan, data } = isObject(json) ? json : {};
  if (format !== 1) throw new SpikeletError("DATA_FORMAT", file, "is of another version");
  const hashes = isObject(data) ? Object.entries(data) : [];
  if (
    typeof name !== "string" ||
    typeof version !== "string" ||
    !isObject(plan) ||
    hashes.length === 0 ||
    !hashes.every(isHash)
  ) {
    throw new SpikeletError("DATA_FORMAT", file, "is damaged: the command of the study, given again, writes it anew");
  }
  return { name, plan: planIn(file, plan), hashes: new Map(hashes), version };
}

function isHash(entry: [string, Json]): entry is [string, string] {
  return typeof entry[1] === "string";
}
