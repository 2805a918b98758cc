/**
 * Backends: loads one before it is needed, or lets a program bring its own.
 *
 * @module spikelet/backend
 * @sortStrategy alphabetical
 */
export { loadBackend } from "#host/runtime/load";
export type {
  Awaitable,
  Backend,
  BackendChoice,
  BackendKind,
  DatasetArrays,
  DecisionArrays,
  EventArrays,
  GeneratedArrays,
  GradientArrays,
  IdxArray,
  InputArrays,
  IntegerPredictionArrays,
  NpyArray,
  PageOptions,
  ParameterArrays,
  PredictionArrays,
  PreparedSamples,
  Session,
  StreamArrays,
  TensorArrays,
  TraceArrays,
} from "./runtime/backend.js";
