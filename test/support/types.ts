export type { CoreEvent } from "../../ts/events.js";
export type { Metrics } from "../../ts/index.js";
export type {
  Backend,
  DatasetArrays,
  IntegerPredictionArrays,
  ParameterArrays,
  PredictionArrays,
  Session,
  StreamArrays,
} from "../../ts/runtime/backend.js";
