export type { ResolvedConfig } from "./config.js";
export { type AerOptions, decodeAer } from "./datasets/aer.js";
export type { ImageOptions, SpikeOptions, TargetOptions } from "./datasets/create.js";
export type { DatasetInfo, Split } from "./datasets/dataset.js";
export { SpikeDataset } from "./datasets/dataset.js";
export { parseIdx } from "./datasets/idx.js";
export type { IdxFolderOptions } from "./datasets/idx-folder.node.js";
export * as datasets from "./datasets/index.js";
export type { NmnistOptions } from "./datasets/nmnist.node.js";
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
  Flatten,
  GainMode,
  Generator,
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
  Randman,
  RateEncoding,
  RegularEncoding,
  Rounding,
  RuleConfig,
  SaccadeCamera,
  ScheduleConfig,
  Sgd,
  ShiftBackEncoding,
  SilentRules,
  SilentUnitUpdate,
  SpikeMetrics,
  SpikeTrainLoss,
  SpikeTrainMatching,
  StepSchedule,
  StretchEncoding,
  Surrogate,
  TargetCount,
  TargetCountScope,
  Threads,
  TrainingConfig,
  YinYang,
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
  GeneratedArrays,
  GradientArrays,
  IdxArray,
  NpyArray,
  ParameterArrays,
  PredictionArrays,
  Session,
} from "./runtime/backend.js";
export { loadBackend } from "./runtime/load.node.js";
export { SpikeEvents, type SpikeTrain } from "./spikes.js";
export { createTrainer, restoreTrainer, Trainer } from "./trainer.js";
