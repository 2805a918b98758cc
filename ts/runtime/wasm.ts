import * as wasm from "#wasm";
import type { Backend } from "./backend.js";
import { backendOf, Instance, unavailable } from "./wasm-backend.js";

/** The module, its bytes, or where to get them. */
export type WasmSource = WebAssembly.Module | BufferSource | URL;

let instance: Promise<Instance> | undefined;

/**
 * Instantiates the module once; later calls find it there, whatever their source.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when it can't be had or is broken.
 */
export async function loadWasm(source: WasmSource, reason: string): Promise<Backend> {
  instance ??= instantiate(source);
  let loaded: Instance;
  try {
    loaded = await instance;
  } catch (cause) {
    instance = undefined;
    throw unavailable(cause, source instanceof URL ? source : undefined);
  }
  return backendOf(wasm, loaded, reason);
}

async function instantiate(source: WasmSource): Promise<Instance> {
  await wasm.default({ module_or_path: source });
  return new Instance();
}
