import { load as loadIntegersPlain } from "../integer/load.js";
import { IntegerModel } from "../integer/model.js";
import { parse as parseIntegers } from "../integer/parse.js";
import { load as loadPlain } from "../load.js";
import { Model } from "../model.js";
import { INTEGER_NETWORK, NETWORK, readModel } from "../model-file.js";
import { parse } from "../parse.js";
import { type EngineChoice, wasmEngines } from "./engine.js";
import { WasmStream } from "./stream.js";

/** Options of `load`. */
export interface LoadOptions {
  /** What runs the model; by default WebAssembly, and JavaScript where there is none. */
  engine?: EngineChoice;
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
    const description = { ...parse(network, trainedOn), nodes: [] };
    return { section: network.all, description, trainedOn };
  });
  const engines = wasmEngines(section, description.outputs, Float32Array, engine);
  if (engines === undefined) return loadPlain(bytes);
  return new Model(description, trainedOn, () => new WasmStream(description, engines()));
}

/**
 * Reads a model file of a network of whole numbers, as `load` of `spikelet/infer/integer` does.
 *
 * @throws {InferError} as {@link load}.
 */
export function loadIntegers(bytes: Uint8Array | ArrayBuffer, { engine }: LoadOptions = {}): IntegerModel {
  if (engine === "javascript") return loadIntegersPlain(bytes);
  const { section, description, trainedOn } = readModel(bytes, INTEGER_NETWORK, (network, trainedOn) => {
    const description = { ...parseIntegers(network), nodes: [] };
    return { section: network.all, description, trainedOn };
  });
  const engines = wasmEngines(section, description.outputs, Int32Array, engine);
  return engines ? new IntegerModel(description, trainedOn, engines) : loadIntegersPlain(bytes);
}
