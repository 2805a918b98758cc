import { SpikeletError } from "../../errors.js";
import type { Encoding, Metrics } from "../../generated/config.js";
import { canonical, isObject, type Json, type JsonObject, parseJson, valueAt } from "../../json.js";
import { runIdentity } from "./identity.js";
import { sha256 } from "./sha256.js";

/** The record of a run. All of it but `ran` and `checksum` follows from `config`, `data` and `version`, on every machine. */
export interface RunRecord {
  /** 32 hex digits that follow from configuration, data and version. */
  id: string;
  status: "done" | "failed";
  seed: number;
  config: JsonObject;
  /** SHA-256 of the samples. */
  data: string;
  /** Version of the library. */
  version: string;
  /** Number of the arithmetic that computed it; `null` or none where that is not known. */
  arithmetic?: number | null;
  /** Result of a run that is done. */
  result?: RunResult;
  /** Error of a run that failed. */
  error?: RunError;
  ran: RanOn;
  /** SHA-256 of all the rest, in any order of keys; records of earlier versions have none. */
  checksum?: string;
}

/** The record of a run that is done. */
export type DoneRecord = RunRecord & { result: RunResult };

/** Finds the record of a run, if there is one. */
export type FindRecord = (id: string) => RunRecord | undefined;

/** The result of a training. */
export interface RunResult {
  epochs: number;
  /** The epoch that the metrics are of, chosen on the validation data; the last where there are none. */
  bestEpoch: number;
  data: UsedData;
  validation: Metrics | null;
  test: Metrics;
  /** One entry an epoch; none in a packed study. */
  history: EpochSummary[];
  /** The last epoch, in a packed study; none where there was no epoch. */
  lastEpoch?: EpochSummary;
}

/** The data of a run. */
export interface UsedData {
  /** Name of the data set. */
  name: string;
  encoding: Encoding | null;
  /** Samples of each part. */
  train: number;
  validation: number;
  test: number;
}

export interface EpochSummary {
  trainLoss: number;
  /** Accuracy by first spike of outputs that fire, where the data have labels. */
  trainFirstSpike?: number;
  validationLoss: number | null;
  validationFirstSpike: number | null;
  /** Spikes per sample of the validation data; of the training data where there are none. */
  spikesPerSample: number;
  /** Accuracy by count of outputs that fire, on the same data. */
  count?: number;
  /** Accuracy by the membranes of a readout, on the same data. */
  membrane?: number;
  /** Mean squared error of target series, on the same data. */
  meanSquaredError?: number;
}

export interface RunError {
  code: string;
  path: string;
  message: string;
}

/** Where, when and how long: the part that differs from machine to machine. */
export interface RanOn {
  /** When it ended, as ISO 8601; tells two attempts at a run apart. */
  endedAt: string;
  /** Seconds of training and validation; of a run that failed, up to its error. */
  seconds: number;
  /** Training samples per second, the mean over the epochs; 0 for a run that failed. */
  samplesPerSecond: number;
  host: string;
  backend: string;
  /** Number of threads, as requested. */
  threads: number | "auto";
  /** Commit of the program that ran it; `null` or none where that is not known. */
  commit?: string | null;
}

/** Fields of records without a checksum. One with other fields has lost its checksum to damage. */
const UNCHECKED_FIELDS: ReadonlySet<string> = new Set([
  "id",
  "status",
  "seed",
  "config",
  "data",
  "version",
  "arithmetic",
  "result",
  "error",
  "ran",
] satisfies (keyof RunRecord)[]);

/**
 * The last epoch of a training; `undefined` for one of no epochs.
 *
 * @experimental
 */
export function lastEpochOf({ lastEpoch, history }: RunResult): EpochSummary | undefined {
  return lastEpoch ?? history.at(-1);
}

/** The record of a packed study: without the history of its epochs, but for the last. */
export async function withoutHistory(record: RunRecord): Promise<RunRecord> {
  if (record.result === undefined) return withChecksum(record);
  const lastEpoch = lastEpochOf(record.result);
  return withChecksum({ ...record, result: { ...record.result, history: [], ...(lastEpoch && { lastEpoch }) } });
}

/** A record with its checksum. */
export async function withChecksum(record: RunRecord): Promise<RunRecord> {
  return { ...record, checksum: await checksumOf(record) };
}

async function checksumOf({ checksum: _, ...rest }: RunRecord): Promise<string> {
  // Fields without a value and numbers that JSON does not have are read as they are written.
  return sha256(canonical(JSON.parse(JSON.stringify(rest)) as Json));
}

/**
 * Reads the text of a record, as {@link checkedRecord} does.
 *
 * @throws {SpikeletError} `DATA_FORMAT` also for what is no JSON.
 */
export async function parseRecord(text: string, file: string): Promise<RunRecord> {
  let json: unknown;
  try {
    json = parseJson(text, file);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", file, "is not one JSON object", cause);
  }
  return checkedRecord(json, file);
}

/**
 * Checks that a record is of the run that it names and as it was written.
 *
 * @param file where it lies, for messages.
 * @throws {SpikeletError} `DATA_FORMAT` for what is no record, `CHECKSUM_MISMATCH` when id or checksum and content differ.
 */
export async function checkedRecord(json: unknown, file: string): Promise<RunRecord> {
  if (!isRecord(json)) throw new SpikeletError("DATA_FORMAT", file, "is no record of a run");
  const { config, data, version } = json;
  if ((await runIdentity({ config, data, version })) !== json.id) {
    throw new SpikeletError("CHECKSUM_MISMATCH", file, `does not hold what its id ${json.id} stands for`);
  }
  if (json.checksum !== undefined && (await checksumOf(json)) !== json.checksum) {
    throw new SpikeletError("CHECKSUM_MISMATCH", file, "is not as it was written: its checksum is another");
  }
  return json;
}

function isRecord(json: unknown): json is RunRecord {
  if (!isObject(json) || !isObject(json["config"]) || !isObject(json["ran"])) return false;
  const { status, seed, result, error, ran } = json;
  const isWhole = (status === "done" && isResult(result)) || (status === "failed" && isError(error));
  const hasPlace = ["endedAt", "host", "backend"].every((name) => typeof ran[name] === "string");
  const isTimed = typeof ran["seconds"] === "number" && typeof ran["samplesPerSecond"] === "number";
  const isNamed = ["id", "data", "version"].every((name) => typeof json[name] === "string");
  const isKnown = typeof json["checksum"] === "string" || Object.keys(json).every((name) => UNCHECKED_FIELDS.has(name));
  return isWhole && hasPlace && isTimed && isNamed && isKnown && typeof seed === "number";
}

/** Numbers of an evaluation that tables and pages are made of. */
const MEASURES = ["loss", "spikes.perSample", "spikes.untilDecision", "synapticOperations"] as const;

/** Numbers with an entry for each layer. */
const BY_LAYER = ["spikes.perUnit", "spikes.untilDecisionPerUnit", "silentFraction"] as const;

function isResult(result: Json | undefined): boolean {
  if (!isObject(result)) return false;
  const { epochs, bestEpoch, data, validation, test, history } = result;
  const isMeasured = (metrics: Json = null) =>
    MEASURES.every((path) => typeof valueAt(metrics, path) === "number") &&
    BY_LAYER.every((path) => Array.isArray(valueAt(metrics, path)));
  const isCounted = typeof epochs === "number" && typeof bestEpoch === "number" && Array.isArray(history);
  return isCounted && isObject(data) && isMeasured(test) && (validation === null || isMeasured(validation));
}

function isError(error: Json | undefined): boolean {
  return isObject(error) && typeof error["code"] === "string" && typeof error["message"] === "string";
}

/** The part of a record that every machine must agree on. */
export function outcomeOf({ ran: _, checksum: __, ...outcome }: RunRecord): Omit<RunRecord, "ran" | "checksum"> {
  return outcome;
}

export function isSameOutcome(one: RunRecord, other: RunRecord): boolean {
  return outcomeText(one) === outcomeText(other);
}

function outcomeText(record: RunRecord): string {
  return canonical(outcomeOf(record) as unknown as Json);
}

/** Whether two records are equal in everything, not only in their outcome. */
export function isSameRecord(one: RunRecord, other: RunRecord): boolean {
  return canonical(one as unknown as Json) === canonical(other as unknown as Json);
}
