/** The second WebAssembly as the bundler of an edge runtime compiles it. */
import compiled from "../../bindings/extras/pkg/spikelet-extras.wasm?module";

export default compiled;
