import { inFile } from "../errors.js";
import { unpack } from "../io/archive.js";
import type { BackendChoice } from "../runtime/backend.js";
import { type NumberArray, parseNpy } from "./npy.js";

/**
 * Reads an NPZ archive, the arrays by their names.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, and with the name of the array and the byte offset inside it.
 */
export async function parseNpz(
  bytes: Uint8Array,
  options: { backend?: BackendChoice } = {},
): Promise<Record<string, NumberArray>> {
  const files = await unpack(bytes, ".npy");
  const arrays: Record<string, NumberArray> = Object.create(null);
  for (const [file, content] of Object.entries(files)) {
    const name = file.replace(/\.npy$/, "");
    try {
      arrays[name] = await parseNpy(content, options);
    } catch (thrown) {
      throw inFile(name, thrown);
    }
  }
  return arrays;
}
