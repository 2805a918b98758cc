import { loadBackend } from "#host/runtime/load";
import { SpikeletError } from "../errors.js";
import type { BackendChoice } from "../runtime/backend.js";
import { backendOption } from "../runtime/options.js";
import { halvesToFloats } from "./half.js";

/** Numbers of an array; 64-bit integers become 64-bit floats, 16-bit floats become 32-bit floats. */
export type Numbers = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** An array of numbers as NumPy wrote it. */
export interface NumberArray {
  /** Type in the file: `bool`, `int8` to `int64`, `uint8` to `uint64`, `float16` to `float64`. */
  dtype: string;
  /** Length of each dimension, the slowest first; empty for a single number. */
  shape: readonly number[];
  /** The numbers, row-major. */
  values: Numbers;
}

const READERS: Record<string, (bytes: ArrayBuffer) => Numbers> = {
  bool: (bytes) => new Uint8Array(bytes),
  uint8: (bytes) => new Uint8Array(bytes),
  int8: (bytes) => new Int8Array(bytes),
  uint16: (bytes) => new Uint16Array(bytes),
  int16: (bytes) => new Int16Array(bytes),
  uint32: (bytes) => new Uint32Array(bytes),
  int32: (bytes) => new Int32Array(bytes),
  uint64: (bytes) => exact(new BigUint64Array(bytes)),
  int64: (bytes) => exact(new BigInt64Array(bytes)),
  float16: (bytes) => halvesToFloats(new Uint16Array(bytes)),
  float32: (bytes) => new Float32Array(bytes),
  float64: (bytes) => new Float64Array(bytes),
};

/**
 * Reads an NPY file of plain numbers in row-major order.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for a foreign or truncated file, records, strings and objects, and
 * for integers that no float holds exactly.
 */
export async function parseNpy(bytes: Uint8Array, options: { backend?: BackendChoice } = {}): Promise<NumberArray> {
  const { backend: choice } = backendOption(options, "");
  const backend = await loadBackend(choice);
  const { dtype, shape, data } = await backend.parseNpy(bytes);
  const read = READERS[dtype];
  if (read === undefined) throw new SpikeletError("INTERNAL", "", `no reader for ${dtype}`);
  return { dtype, shape: Array.from(shape), values: read(bufferOf(data)) };
}

/** A buffer that holds these bytes and nothing else. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return isWhole ? (bytes.buffer as ArrayBuffer) : Uint8Array.from(bytes).buffer;
}

function exact(integers: BigInt64Array | BigUint64Array): Float64Array {
  const floats = new Float64Array(integers.length);
  for (const [k, integer] of integers.entries()) {
    const float = Number(integer);
    if (!Number.isSafeInteger(float)) throw new SpikeletError("DATA_FORMAT", `[${k}]`, `${integer} is beyond 2⁵³`);
    floats[k] = float;
  }
  return floats;
}
