/** The WebAssembly as the bundler of an edge runtime compiles it. */
import compiled from "../../bindings/wasm/pkg/spikelet_bg.wasm?module";

export default compiled;
