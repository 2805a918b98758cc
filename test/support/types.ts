export type { CoreEvent } from "../../ts/events.js";
export type { Backend, DatasetArrays, Metrics, PredictionArrays, Session, StreamArrays } from "../../ts/index.js";
export type { IntegerPredictionArrays, ParameterArrays } from "../../ts/runtime/backend.js";
