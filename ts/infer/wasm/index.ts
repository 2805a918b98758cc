/**
 * Runs a trained network as `spikelet/infer` does, two to four times as fast: in WebAssembly, where the host has it.
 *
 * @module spikelet/infer/wasm
 */
export type { Decision } from "../decision.js";
export { InferError, type InferErrorCode } from "../errors.js";
export { IntegerModel, type IntegerPrediction, IntegerStream } from "../integer/model.js";
export type { IntegerDecision } from "../integer/scores.js";
export { Model, type Prediction, type PredictOptions } from "../model.js";
export type { TrainedOn } from "../model-file.js";
export type { SpikeTrain } from "../spikes.js";
export { Stream, type StreamAnswer } from "../stream.js";
export { type LoadOptions, load, loadIntegers } from "./load.js";
