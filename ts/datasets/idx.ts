import { loadBackend } from "#host/runtime/load";
import { SpikeletError } from "../errors.js";
import type { BackendChoice, IdxArray } from "../runtime/backend.js";

const GZIP = [0x1f, 0x8b] as const;

/** Most bytes a file may unpack to, so that a small file can't fill the memory. */
const MOST_BYTES = 2 ** 31;

/**
 * Reads an IDX file of bytes, the format of MNIST, packed with gzip or not.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for a wrong magic number, a truncated file or damaged gzip data.
 */
export async function parseIdx(bytes: Uint8Array, options: { backend?: BackendChoice } = {}): Promise<IdxArray> {
  const backend = await loadBackend(options.backend);
  const isPacked = bytes[0] === GZIP[0] && bytes[1] === GZIP[1];
  return backend.parseIdx(isPacked ? await unpack(bytes) : bytes);
}

async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES) throw new RangeError(`unpacks to more than ${MOST_BYTES} bytes`);
    }
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("DATA_FORMAT", "", `damaged gzip data after ${size} unpacked bytes (${what})`, cause);
  }
  const whole = new Uint8Array(size);
  let start = 0;
  for (const chunk of chunks) {
    whole.set(chunk, start);
    start += chunk.length;
  }
  return whole;
}
