import { SpikeletError } from "../errors.js";
import type { Metrics } from "../generated/config.js";
import { canonical, isObject, type Json, type JsonObject, parseJson, valueAt } from "../json.js";
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
    json = parseJson(text, file);
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
  const { id, status, seed, data, result, error, ran } = json;
  const isWhole = (status === "done" && isResult(result)) || (status === "failed" && isError(error));
  const hasPlace = typeof ran["seconds"] === "number" && typeof ran["host"] === "string";
  return isWhole && hasPlace && typeof id === "string" && typeof seed === "number" && typeof data === "string";
}

/** Numbers of an evaluation that tables and pages are made of. */
const MEASURES = [
  "loss",
  "accuracy.firstSpike",
  "accuracy.count",
  "spikes.perSample",
  "decisionStep.mean",
  "synapticOperations",
] as const;

function isResult(result: Json | undefined): boolean {
  if (!isObject(result)) return false;
  const { epochs, bestEpoch, validation, test, history } = result;
  const isMeasured = (metrics: Json | undefined) => MEASURES.every((path) => typeof valueAt(metrics ?? null, path) === "number");
  const isCounted = typeof epochs === "number" && typeof bestEpoch === "number" && Array.isArray(history);
  return isCounted && isMeasured(test) && (validation === null || isMeasured(validation));
}

function isError(error: Json | undefined): boolean {
  return isObject(error) && typeof error["code"] === "string" && typeof error["message"] === "string";
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

/** Whether they are of the same run at the same time, not only of the same outcome. */
export function isSameRecord(one: RunRecord, other: RunRecord): boolean {
  return canonical(one as unknown as Json) === canonical(other as unknown as Json);
}

/** How good a run was; `undefined` for one that failed, and for one whose result does not have the metric. */
export function scoreOf({ result }: RunRecord, { metric }: Objective): number | undefined {
  const value = result && valueAt(result as unknown as Json, metric);
  return typeof value === "number" ? value : undefined;
}
