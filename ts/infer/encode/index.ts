/**
 * Encodes images, tables and signals as spikes for `spikelet/infer`, as the network was trained.
 *
 * @module spikelet/infer/encode
 */
export { InferError, type InferErrorCode } from "../errors.js";
export type { TrainedOn } from "../model-file.js";
export type { SpikeTrain } from "../spikes.js";
export type { Encoding } from "./checked.js";
export { type EncodeOptions, encode, type RawSample } from "./encode.js";
export { SignalEncoder } from "./signal-encoder.js";
