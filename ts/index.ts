/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Trains spiking neural networks, in Node and in pages.
 *
 * @module spikelet
 * @sortStrategy alphabetical
 */
export type { ShdOptions } from "#host/datasets/cochlea-folder";
export type {
  DvsGestureOptions,
  NmnistOptions,
  PackOptions,
  PackReport,
  ShardsOptions,
  Speaker,
  SpokenDigitsOptions,
} from "#host/datasets/folders";
export type { IdxFolderOptions } from "#host/datasets/idx-folder";
export { load, save } from "#host/io/files";
export type { ResolvedConfig } from "./config.js";
export { type AerOptions, decodeAer } from "./datasets/aer.js";
export type { CameraEvents } from "./datasets/camera/event-list.js";
export { parseRecording } from "./datasets/camera/recording.js";
export type { Labels } from "./datasets/class-names.js";
export type { ImageOptions, SpikeOptions, TargetOptions } from "./datasets/create.js";
export type { DatasetInfo, Split } from "./datasets/dataset.js";
export { SpikeDataset } from "./datasets/dataset.js";
export type { FileOptions } from "./datasets/files/collected.js";
export type { CochleaSet, FolderSet, ImageSet, Publication } from "./datasets/folder-set.js";
export type { CsvOptions } from "./datasets/from-csv.js";
export type { FilesOptions } from "./datasets/from-files.js";
export type { NpzOptions } from "./datasets/from-npz.js";
export type { RecordingOptions } from "./datasets/from-recordings.js";
export type { Layout, SeriesOptions, SignalInfo } from "./datasets/from-series.js";
export type { TableOptions } from "./datasets/from-table.js";
export type { WavOptions } from "./datasets/from-wav.js";
export { parseIdx } from "./datasets/idx.js";
export * as datasets from "./datasets/index.js";
export { type NumberArray, type Numbers, parseNpy } from "./datasets/npy.js";
export { parseNpz } from "./datasets/npz.js";
export type { PublishedFile, PublishedSet } from "./datasets/published.js";
export type { Range } from "./datasets/ranges.js";
export type { ReadOptions } from "./datasets/read-options.js";
export type { SplitOptions } from "./datasets/split.js";
export type { Decision } from "./decisions.js";
export { loadBackend } from "./deprecations.js";
export { type EncodeOptions, encode, encodeSpikes } from "./encode.js";
export { SpikeletError } from "./errors.js";
export type {
  EpochEndEvent,
  FinishedEvent,
  InitializationEvent,
  Pace,
  StepEvent,
  TrainEvent,
  ValidationEvent,
  WarningEvent,
} from "./events.js";
export {
  type Discretization,
  type ExportedNetwork,
  exportNir,
  exportWeights,
  type ImportedNetwork,
  importNir,
  importWeights,
  type NirExportOptions,
  type NirImportOptions,
  type NirOptions,
  parseTensors,
  type Tensors,
  type WeightFormat,
  type WeightOptions,
} from "./exchange/index.js";
export { type FineTuneOptions, fineTune } from "./fine-tune.js";
export { ARITHMETIC } from "./generated/arithmetic.js";
export type * from "./generated/config.js";
export { ERROR_CODES, type ErrorCode } from "./generated/errors.js";
export type { PresetName } from "./generated/presets.js";
export type { LayerOutline, NetworkOutline, OutlineInput, OutlineSource } from "./graph/outline.js";
export { WARNING_CODES, type Warning, type WarningCode } from "./health/warning.js";
export type { ReadLimit } from "./io/byte-budget.js";
export { layers } from "./layers.js";
export {
  type CheckpointOptions,
  type CreateOptions,
  createNetwork,
  type GradientOptions,
  type ModelOptions,
  Network,
  type PassOptions,
  restoreNetwork,
  type StartOptions,
} from "./network.js";
export type { Gains, InputSize, LayerInfo, LayerPlan, LayerSize, NetworkInfo, TrainedOn } from "./network-info.js";
export { type NeuroBenchMetrics, neuroBench } from "./neurobench.js";
export { presets } from "./presets.js";
export { recommend } from "./recommend/recommend.js";
export type { Reason, Recommendation } from "./recommend/recommendation.js";
export type { Gradients, InputParameters, LayerParameters, LearntName, Prediction } from "./results.js";
export type {
  BackendChoice,
  BackendKind,
  EventArrays,
  IdxArray,
  PageOptions,
  TraceArrays as LayerTrace,
} from "./runtime/backend.js";
export { type CheckpointInfo, type CheckpointInfoOptions, checkpointInfo } from "./session/checkpoint-info.js";
export {
  IntegerNetwork,
  type IntegerPassOptions,
  type IntegerPrediction,
  type QuantizeOptions,
} from "./session/integer-network.js";
export type { IntegerInput, IntegerLayer, Integers } from "./session/integer-numbers.js";
export type { OutputGradient, SampleOutputGradient } from "./session/output-gradient.js";
export type { RawSample } from "./session/raw-samples.js";
export type { RunOptions, RunReport, TrainingRun } from "./session/run.js";
export {
  type RewardLearning,
  SpikeStream,
  type StepTarget,
  type StreamAction,
  type StreamAnswer,
  type StreamDecision,
  type StreamLearning,
  type StreamOptions,
} from "./session/stream.js";
export { SpikeEvents, type SpikeTrain } from "./spikes.js";
export { outline, summary } from "./summary.js";
export { type SurrogateTable, type SurrogateTableOptions, surrogateTable } from "./surrogate-table.js";
export { createTrainer, restoreTrainer, Trainer } from "./trainer.js";
