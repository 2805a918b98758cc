import * as wasm from "#wasm";
import type { Backend } from "./backend.js";
import { backendOf, Instance, unavailable } from "./wasm-backend.js";
import type { WasmSource } from "./wasm-compiled.js";
import type { ExtrasSource } from "./wasm-extras.js";

let instance: Promise<Instance> | undefined;

/**
 * Instantiates the module once; later calls find it there, whatever their source.
 *
 * @param extras gets the second module, where it is needed.
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when it can't be had or is broken.
 */
export async function loadWasm(source: WasmSource, reason: string, extras: ExtrasSource): Promise<Backend> {
  instance ??= instantiate(source);
  let loaded: Instance;
  try {
    loaded = await instance;
  } catch (cause) {
    instance = undefined;
    throw unavailable(cause, source instanceof URL ? source : undefined);
  }
  return backendOf(wasm, loaded, reason, extras);
}

async function instantiate(source: WasmSource): Promise<Instance> {
  await wasm.default({ module_or_path: source });
  return new Instance();
}
