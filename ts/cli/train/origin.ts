import { dirname } from "node:path";
import { inFile } from "../../errors.js";
import { readPlain } from "../../io/plain-file.node.js";
import { isObject, type Json, type JsonObject } from "../../json.js";
import { version } from "../../version.js";
import { type DataSource, parseDataSection } from "../data.js";
import { filesIn } from "./output.js";

/** Bytes of the length that a safetensors file begins with. */
const LENGTH_BYTES = 8;

/** Origin of a checkpoint of `spikelet train`, kept in the checkpoint itself. */
export interface Origin {
  /** Identity of the run. */
  run: string;
  /** Identity of samples, encoding and split. */
  data: string;
  /** Data set, options and encoding; no folder, which differs from machine to machine. */
  source: Partial<DataSource>;
}

/** Content of `run.json`, the file beside the checkpoints. */
export interface RunDescription {
  version: string;
  /** Identity of the run. */
  run: string;
  /** Identity of samples, encoding and split. */
  dataHash: string;
  data: DataSource;
}

/** An {@link Origin} as the text that a checkpoint carries. */
export function originText(run: string, data: string, { dataset, options, encoding }: DataSource): string {
  return JSON.stringify({ run, data, source: { dataset, options, encoding } });
}

/**
 * Reads the text that a checkpoint carries; `undefined` for none, and for one that other programs wrote.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a source that this version does not know.
 */
export function parseOrigin(text: string | null, file: string): Origin | undefined {
  const value = parsed(text ?? "");
  if (value === undefined || typeof value["run"] !== "string" || typeof value["data"] !== "string") return undefined;
  return { run: value["run"], data: value["data"], source: sourceIn(value["source"], file) };
}

/**
 * The source of the data that a checkpoint learnt from: as `run.json` beside it says, else as the checkpoint says, else `undefined`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for a source that this version does not know.
 */
export async function knownData(checkpoint: string, origin: Origin | undefined): Promise<Partial<DataSource> | undefined> {
  const { run: file } = filesIn(dirname(checkpoint));
  const record = parsed((await readPlain(file).catch(() => "")).toString());
  // A record of another run says nothing about this checkpoint.
  const isOfThisRun = record?.["data"] !== undefined && (origin === undefined || (record["run"] ?? origin.run) === origin.run);
  return isOfThisRun ? sourceIn(record["data"], file) : origin?.source;
}

/** A remark where another version of the library wrote the checkpoint that a run continues from; `undefined` where this one did. */
export function otherVersionText(checkpoint: Uint8Array, file: string): string | undefined {
  const { buffer, byteOffset, byteLength } = checkpoint;
  const length = byteLength < LENGTH_BYTES ? 0 : Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
  const header = parsed(new TextDecoder().decode(checkpoint.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
  const metadata = header?.["__metadata__"];
  const of = isObject(metadata) ? metadata["libraryVersion"] : undefined;
  if (typeof of !== "string" || of === version) return undefined;
  return `warning: ${file} was written by Spikelet ${of}, and this is ${version}: the run goes on, perhaps with other bits than without a stop`;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sourceIn(value: Json | undefined, file: string): Partial<DataSource> {
  try {
    return value === undefined ? {} : parseDataSection(value, dirname(file));
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}
