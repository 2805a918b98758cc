import { SpikeletError } from "../../../errors.js";
import type { BackendChoice } from "../../../runtime/backend.js";
import type { KernelHost } from "../../../runtime/kernels.js";
import { loadBackend } from "../../../runtime/load.node.js";
import { nativeKernels } from "../../../runtime/native.js";

/**
 * Kernels of the backend that the choice means.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` with the reasons when it is not there.
 */
export async function kernelHost(choice: BackendChoice): Promise<KernelHost> {
  const { kind } = await loadBackend(choice);
  // A clone without the WebAssembly has the kernels of the addon.
  return kind === "native" ? nativeKernels() : (await import("../../../runtime/wasm-kernels.js")).wasmKernels();
}

/**
 * SIMD levels by name, the best first; all of the host's where none is named.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for one that the host does not have.
 */
export function levelsOf({ levels }: KernelHost, names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !levels.includes(name));
  if (unknown !== undefined) {
    throw new SpikeletError("CONFIG_INVALID", "simd", `this machine has ${levels.join(", ")}, not "${unknown}"`);
  }
  return names.length === 0 ? levels : levels.filter((level) => names.includes(level));
}
