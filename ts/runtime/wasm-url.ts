/** Where the WebAssembly lies beside this module, in the literal form that bundlers follow. */
export const wasmUrl = new URL("../../bindings/wasm/pkg/spikelet_bg.wasm", import.meta.url);
