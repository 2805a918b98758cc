import { type Engine, PlainEngine } from "../engine.js";
import { InferError } from "../errors.js";
import { Model } from "../model.js";
import { type ModelFile, readModel } from "../model-file.js";
import { wasmEngines } from "./engine.js";

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
  const file = readModel(bytes);
  return new Model(file, enginesOf(file, engine));
}

function enginesOf(file: ModelFile, engine: LoadOptions["engine"]): () => Engine {
  if (engine !== "javascript") {
    try {
      return wasmEngines(file);
    } catch (thrown) {
      // A host without WebAssembly, or a Content-Security-Policy that forbids it.
      if (engine === "wasm") throw new InferError("CONFIG_INVALID", "engine", `can't be WebAssembly here: ${String(thrown)}`);
    }
  }
  return () => new PlainEngine(file.description);
}
