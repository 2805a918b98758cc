/**
 * Runs a trained network without the library: a few kilobytes, synchronous, in any JavaScript runtime.
 *
 * @module spikelet/infer
 */
export type { Decision } from "./decision.js";
export { InferError, type InferErrorCode } from "./errors.js";
export { load } from "./load.js";
export { Model, type Prediction, type PredictOptions } from "./model.js";
export type { TrainedOn } from "./model-file.js";
export type { SpikeTrain } from "./spikes.js";
export { Stream, type StreamAnswer } from "./stream.js";
