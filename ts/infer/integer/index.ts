/**
 * Runs a network of whole numbers without the library: synchronous, in any JavaScript runtime, exact.
 *
 * @module spikelet/infer/integer
 */
export { InferError, type InferErrorCode } from "../errors.js";
export type { TrainedOn } from "../model-file.js";
export type { SpikeTrain } from "../spikes.js";
export { load } from "./load.js";
export { IntegerModel, type IntegerPrediction, IntegerStream } from "./model.js";
export type { IntegerDecision } from "./scores.js";
