/** Where the WebAssembly with threads lies beside this module, in the literal form that bundlers follow. */
export const wasmThreadsUrl = new URL("../../bindings/wasm/pkg-threads/spikelet-threads_bg.wasm", import.meta.url);
