import type { Backend, PageOptions, PageUrls } from "./backend.js";
import { loadWasm } from "./wasm.js";
import { unavailable } from "./wasm-backend.js";
import type { WasmSource } from "./wasm-compiled.js";

/** Duration of a call on the thread of a page, in milliseconds: a frame has 16. */
const PAGE_CALL = 8;

/**
 * The backend on the thread of the caller, from the module that is given or from an address.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when the WebAssembly can't be loaded.
 */
export async function loadHere(
  { wasmModule, extrasWasmModule }: PageOptions,
  { wasmUrl, extrasWasmUrl }: PageUrls,
): Promise<Backend> {
  const source = wasmModule ?? (await addressOf(wasmUrl));
  const extras = async () => {
    if (extrasWasmModule !== undefined) return extrasWasmModule;
    return extrasWasmUrl === undefined ? (await import("./wasm-extras-url.js")).extrasWasmUrl : new URL(extrasWasmUrl);
  };
  const backend = await loadWasm(source, "WebAssembly on the thread of the page", extras);
  return Object.create(backend, { callMilliseconds: { value: PAGE_CALL } });
}

/** The address that is given, or the one beside this module, which a module of an edge runtime need not know. */
async function addressOf(given: string | undefined): Promise<WasmSource> {
  if (given !== undefined) return new URL(given);
  try {
    return (await import("./wasm-url.js")).wasmUrl;
  } catch {
    throw unavailable("this module has no address: give wasmModule, see docs/guides/frameworks.md");
  }
}
