/**
 * The contract between the public API and the backends. Small data cross as JSON, large data as flat typed arrays. Arrays are
 * copied in unless a method says otherwise; results are new arrays.
 */

/** Spikes of many samples in compressed rows: sample `b` has the events `offsets[b] .. offsets[b + 1]`. */
export interface EventArrays {
  /** Start of each sample's events and the end of the last, `[samples + 1]`. */
  offsets: Uint32Array;
  /** Step of each event. */
  times: Uint16Array;
  /** Unit of each event. */
  units: Uint32Array;
  /** Value of each event; without, all are 1. */
  values?: Float32Array | undefined;
}

/**
 * The arrays of a data set. Which ones are present determines its kind.
 *
 * @experimental
 */
export interface DatasetArrays extends Partial<EventArrays> {
  /** Grey values, `[sample][unit]`; the value is `pixel / 255`. */
  pixels?: Uint8Array;
  /**
   * Values in 0..1, `[sample][unit]`; or signals, `[time][channel]` of one sample after the other, with their starts as
   * `offsets`; or the value of each event.
   */
  values?: Float32Array;
  /** Number of each image in the data set it comes from, which random encodings are seeded with. */
  rows?: Uint32Array;
  /** Class of each sample. */
  labels?: Uint32Array;
  /** Target spike counts, `[sample][output]`. */
  counts?: Float32Array;
  /** Target membranes of a readout, `[sample][step][output]`. */
  series?: Float32Array;
  /** Target spike trains of the outputs. */
  targetOffsets?: Uint32Array;
  targetTimes?: Uint16Array;
  targetUnits?: Uint32Array;
}

/** @experimental */
export interface ParameterArrays {
  /** `[unit][input]`. */
  weights: Float32Array;
  /** `[unit]`. */
  biases: Float32Array;
  /** Learnt constants and delays. */
  learnt: TensorArrays[];
  /** Further inputs. */
  inputs: InputArrays[];
}

/** @experimental */
export interface InputArrays {
  /** `[unit][input]`. */
  weights: Float32Array;
  /** Delays. */
  learnt: TensorArrays[];
}

/** @experimental */
export interface PredictionArrays {
  byCount: Int32Array;
  byFirstSpike: Int32Array;
  decisionStep: Uint32Array;
  steps: Uint32Array;
  scoresByCount: Uint32Array;
  scoresByFirstSpike: Uint32Array;
  byMembrane: Int32Array;
  scoresByMembrane: Float32Array;
  probabilities: Float32Array;
  membranes: Float32Array;
  layers: EventArrays[];
}

/**
 * Answers of a network of whole numbers.
 *
 * @experimental
 */
export interface IntegerPredictionArrays {
  /** Decision of each sample, -1 where no output fired; empty where the network decides nothing. */
  decisions: Int32Array;
  /** `[sample][output]`: spikes, or the statistic of a readout's membranes. */
  scores: Float64Array;
  /** `[sample][step][output]`: membranes of a readout; empty where the output fires. */
  membranes: Int32Array;
  /** How often a current or a membrane was held within its bits. */
  clamped: number;
  /** Spikes of each spiking layer. */
  layers: EventArrays[];
}

/**
 * Results of a stream for the steps of a call.
 *
 * @experimental
 */
export interface StreamArrays {
  /** Step of each output spike, counted from the first step of the call. */
  times: Uint16Array;
  /** Output of each spike. */
  units: Uint32Array;
  /** Membranes of a readout, `[step][output]`. */
  membranes?: Float32Array | null;
  /** Steps since the stream began, before these. */
  start: number;
  /** Decision over all steps since the start, or since decisions were restarted. */
  overall: DecisionArrays;
  /** Decisions over windows that ended in these steps. */
  windows: DecisionArrays[];
  /** The action at the last of these steps, of a stream that learns by rewards. */
  action?: number | null;
}

/**
 * Decisions over some steps of a stream, which are counted from its start.
 *
 * @experimental
 */
export interface DecisionArrays {
  /** First of the steps. */
  from: number;
  /** Step after the last. */
  to: number;
  /** Spikes of each output. */
  counts: Uint32Array;
  /** Output with most spikes; missing where none fired. */
  byCount?: number | null;
  /** Step of the first output spike. */
  firstStep?: number | null;
  /** Output of the first spike. */
  firstUnit?: number | null;
  /** Output with the largest statistic of its membranes. */
  byMembrane?: number | null;
  /** Statistic of the membranes, `[output]`. */
  scores?: Float32Array | null;
}

/**
 * States and adjoints of a layer, each `[sample][step][unit]`, zero from a sample's last step on (spec 1 and 5, with their letters).
 * `activationPart` and `timingPart` add up to `direct`.
 */
export interface TraceArrays {
  /** Units of the layer. */
  units: number;
  /** Configured steps T. */
  steps: number;
  /** V before reset. */
  membrane: Float32Array;
  /** I before reset. */
  current: Float32Array;
  /** V', the slope that the timing part divides by. */
  slope: Float32Array;
  /** G, the direct dL/dV. */
  direct: Float32Array;
  /** p, the accumulated dL/dV. */
  p: Float32Array;
  /** q, dL/dI. */
  q: Float32Array;
  /** S̄, dL/dS. */
  spikeGradient: Float32Array;
  /** T̄, dL/dT at spikes. */
  timingGradient: Float32Array;
  /** λ_act σ'(V) S̄, the activation part of G; empty for a mixture, whose parts belong to two passes. */
  activationPart: Float32Array;
  /** −λ_tim T̄ / V' at spikes, the timing part of G; empty for a mixture. */
  timingPart: Float32Array;
}

/** @experimental */
export interface GradientArrays {
  /** JSON of the metrics. */
  metrics: string;
  layers: ParameterArrays[];
  prediction: PredictionArrays;
  trace?: TraceArrays[] | null;
}

export interface IdxArray {
  shape: Uint32Array;
  data: Uint8Array;
}

/**
 * An array of numbers as NumPy writes it.
 *
 * @experimental
 */
export interface NpyArray {
  /** `bool`, `int8` to `int64`, `uint8` to `uint64`, `float16` to `float64`. */
  dtype: string;
  /** Length of each dimension, the slowest first; empty for a single number. */
  shape: Uint32Array;
  /** Elements, little-endian, row-major. */
  data: Uint8Array;
}

/**
 * A named array of single floats.
 *
 * @experimental
 */
export interface TensorArrays {
  name: string;
  /** Length of each dimension, the slowest first; empty for a single number. */
  shape: Uint32Array;
  /** Elements, row-major. */
  data: Float32Array;
}

/**
 * A generated data set: either values or events, and its targets.
 *
 * @experimental
 */
export interface GeneratedArrays {
  values?: Float32Array | null;
  events?: EventArrays | null;
  labels?: Uint32Array | null;
  targets?: EventArrays | null;
}

/** A value where the backend runs on this thread, a promise where it does not. */
export type Awaitable<T> = T | Promise<T>;

/**
 * What `prepare` of a session gives, for `supply` of the same one, once.
 *
 * @experimental
 */
export type PreparedSamples = object;

/**
 * One network in training, behind either binding. Calls may not overlap; the API queues them.
 *
 * @experimental
 */
export interface Session {
  /** The configuration as of the last call that ended. */
  config(): string;
  /** The state of the run as of the last call that ended. */
  info(): string;
  dispose(): void;
  /** Takes the arrays over: the caller must not use them again. */
  addDataset(descriptor: string, arrays: DatasetArrays): Promise<number>;
  removeDataset(id: number): Awaitable<void>;
  /** Makes samples without labels ready for `supply`; other calls may run meanwhile; takes the arrays over as `addDataset`. */
  prepare(dataset: number, arrays: DatasetArrays): Promise<PreparedSamples>;
  /** Puts the samples numbered `rows`, which `prepare` made ready, in the place of those that were there. */
  supply(dataset: number, rows: Uint32Array, samples: PreparedSamples): Promise<void>;
  /** JSON `{"batches","train","validation"}` of what the run needs next, after `skip` batches, up to the end of an epoch. */
  upcoming(skip: number, maxBatches: number): Awaitable<string>;
  /** JSON `{"start","end"}` of what the next call of `advanceEvaluation` needs, or the one after that for `before` samples. */
  upcomingEvaluation(maxSamples: number, before?: number): Awaitable<string>;
  begin(options: string): Awaitable<void>;
  advance(maxBatches: number): Promise<string>;
  /** Runs part `rank` of `size` of the next batch; its records, or nothing where no batch comes next. */
  runLocalBatch(rank: number, size: number): Promise<Uint8Array | null | undefined>;
  /**
   * Learns the batch from the records of all parts, in order of rank, which it takes over; the session's own, which it has, may be
   * left empty. JSON of what happened.
   */
  finishBatch(records: Uint8Array[]): Promise<string>;
  /** `earlyDecision`: each sample is simulated up to its first output spike. */
  beginEvaluation(dataset: number, earlyDecision: boolean): Awaitable<void>;
  advanceEvaluation(maxSamples: number): Promise<string>;
  /** `earlyDecision` as in `beginEvaluation`. */
  predict(dataset: number, start: number, count: number, earlyDecision: boolean): Promise<PredictionArrays>;
  /** The network as whole numbers, one after the other, with shifts by these samples; 0 `weightBits` are those that it is trained for, or 8. */
  quantize(
    dataset: number,
    start: number,
    count: number,
    stateBits: number,
    weightBits: number,
    percentile: number,
  ): Promise<Float64Array>;
  /** Makes a network of whole numbers, as `quantize` gives them, and returns its number. */
  openIntegers(integers: Float64Array): Awaitable<number>;
  /** Each sample runs all its steps. */
  predictIntegers(integers: number, dataset: number, start: number, count: number): Promise<IntegerPredictionArrays>;
  /** Bytes of a model file. */
  exportIntegers(integers: number): Promise<Uint8Array>;
  closeIntegers(integers: number): Awaitable<void>;
  /**
   * Begins a stream of steps, or goes on where one was saved, and returns its number; options
   * `{"encoding"?,"channels"?,"window"?,"hop"?,"learn"?}`.
   */
  openStream(options: string, saved?: Uint8Array): Awaitable<number>;
  /** `times` are counted from the first of these steps; without `values`, those of all events are 1. */
  runStream(
    stream: number,
    times: Uint16Array,
    units: Uint32Array,
    steps: number,
    values?: Float32Array,
  ): Awaitable<StreamArrays>;
  /** Writes what the outputs do at one more step to `row`; a backend in another thread can't, and answers later. */
  stepStream(stream: number, units: Uint32Array, row: Float32Array): Awaitable<void>;
  /** `targets` has a label for each step, or membranes `[step][output]`; what is not finite is none. */
  learnStream(
    stream: number,
    times: Uint16Array,
    units: Uint32Array,
    steps: number,
    targets: Float32Array,
    values?: Float32Array,
  ): Awaitable<StreamArrays>;
  /** Moves the parameters of a stream that learns by rewards. */
  rewardStream(stream: number, reward: number): Awaitable<void>;
  /** Parameters of a layer of a stream that learns. */
  streamParameters(stream: number, layer: number): Awaitable<ParameterArrays>;
  /** Bytes from which a stream that learns goes on. */
  saveStream(stream: number): Promise<Uint8Array>;
  /** `values` are `[time][channel]`. */
  runStreamSignal(stream: number, values: Float32Array): Awaitable<StreamArrays>;
  restartStream(stream: number): Awaitable<void>;
  restartStreamDecision(stream: number): Awaitable<void>;
  closeStream(stream: number): Awaitable<void>;
  /** Predictions as those of `predict`, but each sample over all steps, by the parameters that learn. */
  outputs(dataset: number, start: number, count: number): Promise<PredictionArrays>;
  /** `spikes` and `times`: dL/dS (of a readout dL/dy) and dL/dT, `[sample][step][output]`, in place of the loss; empty: 0. */
  gradients(
    dataset: number,
    start: number,
    count: number,
    trace: boolean,
    spikes?: Float32Array,
    times?: Float32Array,
  ): Promise<GradientArrays>;
  applyGradients(layers: ParameterArrays[]): Awaitable<void>;
  parameters(layer: number): Awaitable<ParameterArrays>;
  setParameters(layer: number, parameters: ParameterArrays): Awaitable<void>;
  /** Bytes of a model file; `weights` is `float32`, `float16`, `int8` or `int4`. */
  exportModel(weights: string): Promise<Uint8Array>;
  /** `origin` says where it comes from; `info` of a session restored from it has it. */
  checkpoint(origin?: string, resumable?: boolean): Promise<Uint8Array>;
  /** JSON array of the finished epochs. */
  history(): Awaitable<string>;
}

export type BackendKind = "native" | "wasm";

/**
 * A backend, and why it was chosen.
 *
 * @experimental
 */
export interface Backend {
  readonly kind: BackendKind;
  /** Best SIMD level of this machine, for example `avx2`. */
  readonly simd: string;
  /** Every level that `simd` may name, best first. */
  readonly simdLevels: readonly string[];
  /** Why this backend, in one sentence. */
  readonly reason: string;
  /** Version of the compiled core. */
  readonly version: string;
  /** `false` once a defect has left it unusable; the next request then makes a new one where possible. */
  readonly isAlive?: boolean;
  /** Whether sessions are in other threads, so that every answer comes later. */
  readonly isElsewhere?: boolean;
  /** How long one call into the core should take, in milliseconds; 50 by default. */
  readonly callMilliseconds?: number;
  /** Waited for before each call that takes long; events and timers of the caller's thread run meanwhile. */
  readonly beforeCall?: () => Promise<void>;
  /** `threads` is JSON, and those of the configuration by default. */
  createSession(config: string, simd?: string, threads?: string): Promise<Session>;
  /** `threads` is JSON, and those of the checkpoint's configuration by default. */
  restoreSession(checkpoint: Uint8Array, simd?: string, threads?: string): Promise<Session>;
  parseIdx(bytes: Uint8Array): Promise<IdxArray>;
  encode(encoding: string, values: Float32Array, units: number, steps: number, rows?: Uint32Array): Promise<EventArrays>;
  /**
   * `values` are `[time][channel]` of one sample after the other, `offsets` the times at which they begin, and the end of the
   * last.
   */
  encodeSeries(
    encoding: string,
    values: Float32Array,
    offsets: Uint32Array,
    channels: number,
    steps: number,
  ): Promise<EventArrays>;
  /** Units that signals of so many channels become. */
  seriesUnits(encoding: string, channels: number): Promise<number>;
  decodeAer(bytes: Uint8Array, options: string, ends?: Uint32Array): Promise<EventArrays>;
  parseNpy(bytes: Uint8Array): Promise<NpyArray>;
  parseTensors(bytes: Uint8Array): Promise<TensorArrays[]>;
  /** JSON of what a checkpoint says of its run. */
  checkpointInfo(bytes: Uint8Array): Promise<string>;
  generate(options: string): Promise<GeneratedArrays>;
  simulateEvents(pixels: Uint8Array, height: number, width: number, options: string): Promise<EventArrays>;
}

/** Methods of a backend that make a session. */
export type Opening = "createSession" | "restoreSession";

/** Methods of a backend that need no session. */
export type Conversion = Exclude<
  { [Name in keyof Backend]-?: Backend[Name] extends (...args: never[]) => Promise<unknown> ? Name : never }[keyof Backend],
  Opening
>;

/** `auto`, one by name, or an own implementation. */
export type BackendChoice = "auto" | BackendKind | Backend;

/** Where a page finds the parts of the WebAssembly backend; Node ignores them. */
export interface PageOptions {
  /** `false` computes on the thread of the caller, in calls of a few milliseconds, instead of in a worker. */
  worker?: boolean;
  /**
   * Number of workers that share every batch and the memory; 1 by default, and where the page is not cross-origin isolated. The results
   * are the same, bit for bit.
   */
  workers?: number;
  /** The module of the worker, for bundlers that do not find it by themselves: what the package exports as `spikelet/worker`. */
  workerUrl?: string | URL;
  /** The WebAssembly, for bundlers that do not find it by themselves: what the package exports as `spikelet/spikelet.wasm`. */
  wasmUrl?: string | URL;
  /**
   * The WebAssembly, compiled: what a bundler makes of an import of `spikelet/spikelet.wasm` for an edge runtime, which compiles none
   * itself. It computes on the thread of the caller, in Node too.
   */
  wasmModule?: WebAssembly.Module;
  /**
   * The second WebAssembly, which is fetched when something that pages rarely use is first called, for bundlers that do not find it by
   * themselves: what the package exports as `spikelet/spikelet-extras.wasm`.
   */
  extrasWasmUrl?: string | URL;
  /** The second WebAssembly, compiled, where `wasmModule` is. */
  extrasWasmModule?: WebAssembly.Module;
  /**
   * The module of workers that share memory, for bundlers that do not find it by themselves: what the package exports as
   * `spikelet/worker-threads`.
   */
  threadsWorkerUrl?: string | URL;
  /**
   * The WebAssembly of workers that share memory, for bundlers that do not find it by themselves: what the package exports as
   * `spikelet/spikelet-threads.wasm`.
   */
  threadsWasmUrl?: string | URL;
}

/** The absolute addresses of {@link PageOptions} that are given. */
export type PageUrls = { readonly [Name in Extract<keyof PageOptions, `${string}Url`>]?: string };
