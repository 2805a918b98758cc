import { type Unzipped, unzip } from "fflate";
import { inFile, SpikeletError } from "../errors.js";
import type { BackendChoice } from "../runtime/backend.js";
import { type NumberArray, parseNpy } from "./npy.js";

/** Most bytes an archive may unpack to, so that a small file can't fill the memory. */
const MOST_BYTES = 2 ** 31;
/** Deflate can't shrink by more than this. */
const MOST_SHRINKING = 1032;

/**
 * Reads an NPZ archive, the arrays by their names.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, and with the name of the array and the byte offset inside it.
 */
export async function parseNpz(
  bytes: Uint8Array,
  options: { backend?: BackendChoice } = {},
): Promise<Record<string, NumberArray>> {
  const files = await unpack(bytes);
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

function unpack(bytes: Uint8Array): Promise<Unzipped> {
  let total = 0;
  const filter = ({ name, size, originalSize }: { name: string; size: number; originalSize: number }) => {
    total += originalSize;
    if (originalSize > size * MOST_SHRINKING + MOST_SHRINKING || size > bytes.length || total > MOST_BYTES) {
      throw new Error(`${name} says that it unpacks to ${originalSize} bytes`);
    }
    return name.endsWith(".npy");
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      const what = cause instanceof Error ? cause.message : String(cause);
      reject(new SpikeletError("DATA_FORMAT", "", `is a damaged archive (${what})`, cause));
    };
    try {
      unzip(bytes, { filter }, (error, files) => (error ? fail(error) : resolve(files)));
    } catch (cause) {
      fail(cause);
    }
  });
}
