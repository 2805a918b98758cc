import { loadBackend } from "#host/runtime/load";
import { bytes as byteArray } from "../check/values.js";
import type { NumberArray } from "../datasets/npy.js";
import { parseNpz } from "../datasets/npz.js";
import { type ReadOptions, readOptions } from "../datasets/read-options.js";
import { checkedNames } from "../io/archive.js";

/** Arrays by their names, in the order of the file. */
export type Tensors = ReadonlyMap<string, NumberArray>;

/**
 * Reads the arrays of a safetensors file, of a state dictionary written by `torch.save`, or of an NPZ archive. Floats become
 * 32-bit floats; in the first two formats, arrays of other numbers are left out. Nothing in a file is executed.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for a foreign or damaged file, for objects other than plain tensors,
 * and for an NPZ archive that unpacks to more than `maxBytes`.
 */
export async function parseTensors(bytes: Uint8Array, options: ReadOptions = {}): Promise<Tensors> {
  readOptions(options, "");
  byteArray(bytes, "bytes");
  if (isNpz(bytes)) return new Map(Object.entries(await parseNpz(bytes, options)));
  const backend = await loadBackend(options.backend);
  const tensors = await backend.parseTensors(bytes);
  return new Map(tensors.map(({ name, shape, data }) => [name, { dtype: "float32", shape: Array.from(shape), values: data }]));
}

/** Whether the bytes are an archive of NPY files. */
function isNpz(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && checkedNames(bytes).some((name) => name.endsWith(".npy"));
}
