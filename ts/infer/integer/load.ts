import { INTEGER_NETWORK, readModel } from "../model-file.js";
import { PlainIntegerEngine } from "./engine.js";
import { IntegerModel } from "./model.js";
import { parse } from "./parse.js";

/**
 * Reads a model file of a network of whole numbers, which its `exportModel` writes.
 *
 * @throws {InferError} `MODEL_INVALID` for bytes that are not a whole, unchanged model file of this version of the format, or have no whole
 * numbers.
 */
export function load(bytes: Uint8Array | ArrayBuffer): IntegerModel {
  return readModel(bytes, INTEGER_NETWORK, (network, trainedOn) => {
    const description = parse(network);
    return new IntegerModel(description, trainedOn, () => new PlainIntegerEngine(description));
  });
}
