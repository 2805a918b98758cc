import { loadBackend } from "#host/runtime/load";
import { bytes as byteArray } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { ByteBudget } from "../io/byte-budget.js";
import { inflate } from "../io/inflate.js";
import type { IdxArray } from "../runtime/backend.js";
import { type ReadOptions, readOptions } from "./read-options.js";

const GZIP = [0x1f, 0x8b] as const;

/**
 * Reads an IDX file of bytes, the format of MNIST, packed with gzip or not.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for a wrong magic number, a truncated file or damaged gzip data, and for a file that
 * unpacks to more than `maxBytes`.
 */
export async function parseIdx(bytes: Uint8Array, options: ReadOptions = {}): Promise<IdxArray> {
  const { backend: choice, ...limit } = readOptions(options, "");
  byteArray(bytes, "bytes");
  const backend = await loadBackend(choice);
  const isPacked = bytes[0] === GZIP[0] && bytes[1] === GZIP[1];
  return backend.parseIdx(isPacked ? await unpack(bytes, new ByteBudget(bytes.length, limit)) : bytes);
}

async function unpack(bytes: Uint8Array, budget: ByteBudget): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const append = (piece: Uint8Array) => {
    budget.take(piece.length, "");
    pieces.push(piece);
    size += piece.length;
  };
  try {
    await inflate(bytes, "gzip", append);
  } catch (cause) {
    if (cause instanceof SpikeletError) throw cause;
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("DATA_FORMAT", "", `damaged gzip data after ${size} unpacked bytes (${what})`, cause);
  }
  const whole = new Uint8Array(size);
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole;
}
