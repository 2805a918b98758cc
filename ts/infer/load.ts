import { PlainEngine } from "./engine.js";
import { Model } from "./model.js";
import { NETWORK, readModel } from "./model-file.js";
import { parse } from "./parse.js";
import { Stream } from "./stream.js";

/**
 * Reads a model file, which `network.exportModel` and `spikelet export model` write.
 *
 * @throws {InferError} `MODEL_INVALID` for bytes that are not a whole, unchanged model file of this version of the format.
 */
export function load(bytes: Uint8Array | ArrayBuffer): Model {
  // The bytes of the file are not kept.
  return readModel(bytes, NETWORK, (network, trainedOn) => {
    const description = parse(network, trainedOn);
    return new Model(description, trainedOn, () => new Stream(description, new PlainEngine(description)));
  });
}
