import { InferError } from "../errors.js";
import { load as loadPlain } from "../load.js";
import { Model } from "../model.js";
import { NETWORK, readModel } from "../model-file.js";
import { parse } from "../parse.js";
import { wasmEngines } from "./engine.js";
import { WasmStream } from "./stream.js";

/** Options of `load`. */
export interface LoadOptions {
  /** What runs the model; by default WebAssembly, and JavaScript where there is none. */
  engine?: "wasm" | "javascript";
}

/**
 * Reads a model file, which `network.exportModel` and `spikelet export model` write.
 *
 * @throws {InferError} `MODEL_INVALID` for bytes that are not a whole, unchanged model file of this version of the format;
 * `CONFIG_INVALID` for the engine `wasm` where there is none.
 */
export function load(bytes: Uint8Array | ArrayBuffer, { engine }: LoadOptions = {}): Model {
  if (engine === "javascript") return loadPlain(bytes);
  const { section, description, trainedOn } = readModel(bytes, NETWORK, (network, trainedOn) => {
    // The module has the weights; neither they nor the bytes of the file are kept here too.
    return { section: network.all, description: { ...parse(network, trainedOn), nodes: [] }, trainedOn };
  });
  try {
    const engines = wasmEngines(section, description.outputs);
    return new Model(description, trainedOn, () => new WasmStream(description, engines()));
  } catch (thrown) {
    // A host without WebAssembly, or a Content-Security-Policy that forbids it.
    if (engine === "wasm") throw new InferError("CONFIG_INVALID", "engine", `can't be WebAssembly here: ${String(thrown)}`);
    return loadPlain(bytes);
  }
}
