import { SpikeletError } from "../errors.js";
import type { Metrics } from "../generated/config.js";
import { canonical, isObject, type Json, type JsonObject, valueAt } from "../json.js";
import { runId } from "./identity.js";
import type { Objective } from "./plan.js";

/** What one run left. All of it but `ran` follows from `config` and `data`, on every machine. */
export interface RunRecord {
  id: string;
  status: "done" | "failed";
  seed: number;
  config: JsonObject;
  /** SHA-256 of the samples. */
  data: string;
  /** Of a run that is done. */
  result?: RunResult;
  /** Of a run that failed. */
  error?: RunError;
  ran: RanOn;
}

/** Finds the record of a run, if there is one. */
export type FindRecord = (id: string) => RunRecord | undefined;

/** What training led to. */
export interface RunResult {
  epochs: number;
  /** The epoch that the metrics are of: the best by first spike on the validation data, the last where there are none. */
  bestEpoch: number;
  validation: Metrics | null;
  test: Metrics;
  /** One entry an epoch. */
  history: EpochSummary[];
}

export interface EpochSummary {
  trainLoss: number;
  validationLoss: number | null;
  validationFirstSpike: number | null;
  spikesPerSample: number;
}

export interface RunError {
  code: string;
  path: string;
  message: string;
}

/** Where and how long: the part that differs from machine to machine. */
export interface RanOn {
  seconds: number;
  host: string;
  backend: string;
  version: string;
}

/**
 * Reads the line of a record and checks that it is of the run that it names.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for what is no record, `CHECKSUM_MISMATCH` when id and content differ.
 */
export async function parseRecord(text: string, file: string): Promise<RunRecord> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", file, "is not one JSON object", cause);
  }
  if (!isRecord(json)) throw new SpikeletError("DATA_FORMAT", file, "is no record of a run");
  if ((await runId(json)) !== json.id) {
    throw new SpikeletError("CHECKSUM_MISMATCH", file, `does not hold what its id ${json.id} stands for`);
  }
  return json;
}

function isRecord(json: unknown): json is RunRecord {
  if (!isObject(json) || !isObject(json["config"]) || !isObject(json["ran"])) return false;
  const { id, status, seed, data, result, error } = json;
  const isWhole = (status === "done" && isObject(result)) || (status === "failed" && isObject(error));
  return isWhole && typeof id === "string" && typeof seed === "number" && typeof data === "string";
}

/** The part of a record that every machine must agree on. */
export function outcomeOf({ ran: _, ...outcome }: RunRecord): Omit<RunRecord, "ran"> {
  return outcome;
}

export function isSameOutcome(one: RunRecord, other: RunRecord): boolean {
  return outcomeText(one) === outcomeText(other);
}

function outcomeText(record: RunRecord): string {
  return canonical(outcomeOf(record) as unknown as Json);
}

/**
 * How good a run was; `undefined` for one that failed.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` when the objective is not among the results.
 */
export function scoreOf({ result }: RunRecord, { metric }: Objective): number | undefined {
  if (result === undefined) return undefined;
  const value = valueAt(result as unknown as Json, metric);
  if (typeof value === "number") return value;
  throw new SpikeletError("CONFIG_INVALID", "objective.metric", `is no number in the results: ${metric}`);
}
