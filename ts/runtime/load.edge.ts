import { SpikeletError } from "../errors.js";
import type { Backend, BackendChoice, PageOptions } from "./backend.js";
import { backendChoice, pageOptions } from "./options.js";
import { walled } from "./wall.js";
import { loadWasm } from "./wasm.js";

/**
 * The backend of an edge runtime, which has one thread and compiles nothing: the WebAssembly that its bundler compiled.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when the WebAssembly can't be loaded, and for `native`; `CONFIG_INVALID` for an unknown
 * name.
 */
export async function loadBackend(choice: BackendChoice = "auto", page: PageOptions = {}): Promise<Backend> {
  backendChoice(choice, "backend");
  const { wasmModule, extrasWasmModule } = pageOptions(page, "");
  if (typeof choice === "object") return choice;
  if (choice === "native") {
    throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", 'an edge runtime has no addons: use "wasm"');
  }
  const compiled = wasmModule ?? (await import("./wasm-module.edge.js")).default;
  const extras = async () => extrasWasmModule ?? (await import("./wasm-extras-module.edge.js")).default;
  return walled(await loadWasm(compiled, "WebAssembly in an edge runtime", extras));
}
