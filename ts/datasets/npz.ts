import { bytes as byteArray } from "../check/values.js";
import { inFile } from "../errors.js";
import { unpacked } from "../io/archive.js";
import { ByteBudget } from "../io/byte-budget.js";
import { type NumberArray, parseNpy } from "./npy.js";
import { type ReadOptions, readOptions } from "./read-options.js";

/**
 * Reads an NPZ archive and returns its arrays by name.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, for one that unpacks to more than `maxBytes`, and with the name of
 * the array and the byte offset inside it.
 */
export async function parseNpz(bytes: Uint8Array, options: ReadOptions = {}): Promise<Record<string, NumberArray>> {
  const { backend, ...limit } = readOptions(options, "");
  byteArray(bytes, "bytes");
  const arrays: Record<string, NumberArray> = Object.create(null);
  for await (const file of unpacked(bytes, ".npy", new ByteBudget(bytes.length, limit))) {
    const name = file.name.replace(/\.npy$/, "");
    try {
      arrays[name] = await parseNpy(file.bytes, backend === undefined ? {} : { backend });
    } catch (thrown) {
      throw inFile(name, thrown);
    }
  }
  return arrays;
}
