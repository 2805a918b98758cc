/** Where the second WebAssembly lies beside this module, in the literal form that bundlers follow. */
export const extrasWasmUrl = new URL("../../bindings/extras/pkg/spikelet-extras.wasm", import.meta.url);
