export type { ResolvedConfig } from "./config.js";
export { type AerOptions, decodeAer } from "./datasets/aer.js";
export type { ImageOptions, SpikeOptions, TargetOptions } from "./datasets/create.js";
export type { DatasetInfo, Split } from "./datasets/dataset.js";
export { SpikeDataset } from "./datasets/dataset.js";
export { parseIdx } from "./datasets/idx.js";
export * as datasets from "./datasets/index.js";
export type { MnistOptions } from "./datasets/mnist.node.js";
export type { SplitOptions } from "./datasets/split.js";
export { encode, encodeSpikes } from "./encode.js";
export { SpikeletError } from "./errors.js";
export type { EpochEndEvent, FinishedEvent, Pace, StepEvent, TrainEvent, ValidationEvent } from "./events.js";
export type {
  Accuracy,
  ActivationRule,
  ActivationVariant,
  Adam,
  AntlrRule,
  Config,
  CountLoss,
  DecisionStep,
  Dense,
  DirectEncoding,
  EarlyStop,
  Encoding,
  EpochRecord,
  ExponentialSurrogate,
  GainMode,
  InputShape,
  LatencyEncoding,
  LatencyLoss,
  LayerConfig,
  LossConfig,
  LossParts,
  Metrics,
  MixtureRule,
  NetworkConfig,
  NeuronConfig,
  OptimizerConfig,
  Progress,
  RateEncoding,
  RegularEncoding,
  Rounding,
  RuleConfig,
  ScheduleConfig,
  Sgd,
  ShiftBackEncoding,
  SilentRules,
  SilentUnitUpdate,
  SpikeMetrics,
  SpikeTrainLoss,
  StepSchedule,
  StretchEncoding,
  Surrogate,
  TargetCount,
  TargetCountScope,
  Threads,
  TrainingConfig,
} from "./generated/config.js";
export { ERROR_CODES, type ErrorCode } from "./generated/errors.js";
export { load, save } from "./io/files.node.js";
export {
  type CreateOptions,
  createNetwork,
  Network,
  type NetworkInfo,
  type PassOptions,
  restoreNetwork,
} from "./network.js";
export type { Gradients, LayerParameters, LayerTrace, Prediction } from "./results.js";
export type { RunOptions, TrainingRun } from "./run.js";
export type {
  Backend,
  BackendChoice,
  BackendKind,
  DatasetArrays,
  EventArrays,
  GradientArrays,
  IdxArray,
  ParameterArrays,
  PredictionArrays,
  Session,
} from "./runtime/backend.js";
export { loadBackend } from "./runtime/load.node.js";
export { SpikeEvents, type SpikeTrain } from "./spikes.js";
export { createTrainer, restoreTrainer, Trainer } from "./trainer.js";
