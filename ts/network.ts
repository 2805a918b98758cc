import { loadBackend } from "#host/runtime/load";
import { type FieldChecks, fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { type Check, callback, flag, listOf, oneOf, text, whole } from "./check/values.js";
import type { ResolvedConfig } from "./config.js";
import { type SpikeDataset, samplesOf } from "./datasets/dataset.js";
import { decisionOf } from "./decisions.js";
import { SpikeletError, within } from "./errors.js";
import type { Config, Metrics, Threads } from "./generated/config.js";
import { type OwnBytes, ownBytes } from "./io/bytes.js";
import type { NetworkInfo } from "./network-info.js";
import {
  checkedParameters,
  fromArrays,
  type Gradients,
  joinPredictions,
  type LayerParameters,
  type Prediction,
  toArrays,
  withNames,
} from "./results.js";
import { untilAborted } from "./runtime/abort.js";
import type { Backend, BackendChoice, PageOptions, PredictionArrays, Session } from "./runtime/backend.js";
import { abortSignal, backendChoice, PAGE_OPTIONS } from "./runtime/options.js";
import { Budget } from "./session/budget.js";
import { ExclusiveSession } from "./session/exclusive.js";
import { Feed } from "./session/feed.js";
import type { IntegerNetwork, QuantizeOptions } from "./session/integer-network.js";
import type { Integers } from "./session/integer-numbers.js";
import type { OutputGradient, OutputGradientArrays } from "./session/output-gradient.js";
import type { RawSample } from "./session/raw-samples.js";
import { StoredPass } from "./session/stored-pass.js";
import type { SpikeStream, StreamOptions } from "./session/stream.js";

/** Options of how a network or trainer computes. */
export interface CreateOptions extends PageOptions {
  /** `"auto"` by default: as `SPIKELET_BACKEND` says, else the addon if there is one, else WebAssembly. */
  backend?: BackendChoice;
  /** Name of a SIMD level instead of the best one; the results have the same bits. */
  simd?: string;
  /** Number of threads instead of that of the configuration, which stays unchanged; the results have the same bits. */
  threads?: Threads;
  /**
   * `true` prints no warnings. Otherwise a trainer prints those of its configuration when it is created, and those of a run that
   * is awaited; a run that is iterated over yields them as events.
   */
  quiet?: boolean;
  /** Aborts the creation. */
  signal?: AbortSignal;
}

/** Options of how a network or trainer begins. */
export interface StartOptions extends CreateOptions {
  /** Weights and biases of every spiking layer, from the input up, instead of those from the seed. */
  parameters?: readonly LayerParameters[];
}

/** Options of a pass over a data set. */
export interface PassOptions {
  /** Aborts the pass, which then throws the reason of the signal. */
  signal?: AbortSignal;
  /**
   * `true` simulates each sample up to the step of its first output spike only. The decisions by first spike are the same, in
   * less time; all else, also loss and decisions by most spikes, is that of the steps that were simulated.
   */
  earlyDecision?: boolean;
  /** Called with the number of samples that are done. */
  onProgress?: (progress: { done: number; all: number }) => void;
}

/** Options of a checkpoint. */
export interface CheckpointOptions {
  /** Any text of yours, for example where the state comes from; `info.origin` of a network restored from the checkpoint. */
  origin?: string;
  /**
   * `false` leaves out the state of the optimiser, most of the file: a third of its size is left with Adam. What is restored from it
   * predicts the same, but can't go on with its training; `fineTune` starts another one from it.
   */
  resumable?: boolean;
}

/** Options of a model file. */
export interface ModelOptions {
  /**
   * How weights are stored; `"float32"` by default, which keeps every bit. `"int8"` and `"int4"` have whole numbers within ±127 and ±7, and
   * a scale for each unit or channel.
   */
  weights?: "float32" | "float16" | "int8" | "int4";
}

/** @internal */
export const createOptions: FieldChecks<CreateOptions> = {
  ...PAGE_OPTIONS,
  backend: backendChoice,
  simd: text,
  // Checked where it is resolved.
  threads: (value) => value as Threads,
  quiet: flag,
  signal: abortSignal,
};

const restoreOptions = fields<CreateOptions>(createOptions);

/** @internal */
export const startOptions = fields<StartOptions>({ ...createOptions, parameters: listOf(checkedParameters) });

const passOptions = fields<PassOptions>({ signal: abortSignal, earlyDecision: flag, onProgress: callback });

/** Where a pass over a data set stands. */
interface EvaluationState {
  done: boolean;
  /** Samples so far. */
  samples: number;
  /** Once it is done. */
  report: Metrics;
}

const checkpointOptions = fields<CheckpointOptions>({ origin: text, resumable: flag });

const modelOptions = fields<ModelOptions>({ weights: oneOf("float32", "float16", "int8", "int4") });

/** Options of `gradients`. */
export interface GradientOptions {
  /** Adds the states and adjoints of every layer: samples × steps × units numbers each. */
  trace?: boolean;
  /** Gives the derivatives at the outputs, in place of the configured loss; the batch needs no targets then. */
  outputGradient?: OutputGradient;
}

const gradientOptions = fields<GradientOptions>({
  trace: flag,
  outputGradient: callback as Check<unknown> as Check<OutputGradient>,
});

/**
 * A network: predictions, evaluation, gradients, parameters. Methods may be called at any time; calls wait for each other. A pass
 * over many samples consists of many calls: where a run or `setParameters` changes the network meanwhile, the rest of the pass
 * sees that. Arrays are read when their call begins, so leave them alone until its promise settles. Every method fails with
 * `DISPOSED` after {@link dispose}.
 */
export class Network implements Disposable {
  /** @internal */
  protected readonly session: ExclusiveSession;
  /** @internal */
  protected readonly feed: Feed;

  /** @internal Use {@link createNetwork} or {@link restoreNetwork}. */
  constructor(session: ExclusiveSession) {
    this.session = session;
    this.feed = new Feed(session);
  }

  /** The backend that computes, and why it was chosen. */
  get backend(): Backend {
    return this.session.backend;
  }

  /** The configuration with every default filled in. */
  get config(): ResolvedConfig {
    return this.session.now((session) => JSON.parse(session.config()));
  }

  /** SIMD level, threads, gains, layers, position in the training. */
  get info(): NetworkInfo {
    return this.session.now((session) => JSON.parse(session.info()));
  }

  /** Names of the classes, by output, if the training data named them; those of a checkpoint are kept. */
  get classes(): readonly string[] | undefined {
    return this.info.trainedOn?.classes;
  }

  /**
   * Returns the decisions for every sample and the spikes of every layer.
   *
   * @param samples a data set, or the values of one sample, which are scaled and encoded as in training: those of an image or of a
   * line of a table, `[unit]`, or the channels of a signal, `[channel][time]`.
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` if the data do not fit the network. An abort throws the reason of
   * the signal.
   */
  async predict(samples: SpikeDataset | RawSample, options: PassOptions = {}): Promise<Prediction> {
    const isRaw = Array.isArray(samples) || ArrayBuffer.isView(samples);
    const { rawSample } = isRaw ? await import("./session/raw-samples.js") : {};
    const data = samplesOf(rawSample ? rawSample(samples as RawSample, this.info.trainedOn) : samples, "data");
    const { signal, earlyDecision = false, onProgress } = passOptions(options, "");
    signal?.throwIfAborted();
    const budget = new Budget({ target: this.backend.callMilliseconds });
    // Whole batches: with `endSimulation: "batch"` the spikes depend on which samples are simulated together.
    const batch = this.config.training.batchSize;
    const pass = this.feed.with(data, async (id) => {
      signal?.throwIfAborted();
      const parts: PredictionArrays[] = [];
      const stored = data.isStored ? new StoredPass(id, data) : undefined;
      const max = Math.max(1, Math.floor(data.samplesAtATime / batch));
      for (let start = 0, batches = budget.size; start < data.length; ) {
        const end = Math.min(start + batches * batch, data.length);
        const next = Math.min(budget.size, max);
        const work = this.session.run(async (session) => {
          await stored?.supply(session, { start, end }, { start: end, end: end + next * batch });
          return session.predict(id, start, end - start, earlyDecision);
        });
        parts.push(await this.#timed(budget, batches, signal, work));
        onProgress?.({ done: end, all: data.length });
        start = end;
        batches = stored === undefined ? budget.size : next;
      }
      return withNames(joinPredictions(parts, this.info.layers.length, decisionOf(this.config)), this.classes);
    });
    return untilAborted(pass, signal);
  }

  /**
   * Returns loss, accuracy, spikes and cost over a data set with targets.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` if the data do not fit. An abort throws the reason of the signal.
   */
  async evaluate(data: SpikeDataset, options: PassOptions = {}): Promise<Metrics> {
    samplesOf(data, "data");
    const { signal, earlyDecision = false, onProgress } = passOptions(options, "");
    signal?.throwIfAborted();
    const budget = new Budget({ target: this.backend.callMilliseconds, first: 16 });
    // The session knows one evaluation at a time: its passes come one after the other.
    const pass = this.#evaluations.then(() => {
      signal?.throwIfAborted();
      return this.feed.with(data, async (id) => {
        await this.session.run((session) => session.beginEvaluation(id, earlyDecision));
        const stored = data.isStored ? new StoredPass(id, data) : undefined;
        const max = data.samplesAtATime;
        for (let samples = Math.min(budget.size, max); ; ) {
          const next = Math.min(budget.size, max);
          const work = this.session.run(async (session) => {
            await stored?.supplyEvaluation(session, samples, next);
            return session.advanceEvaluation(samples);
          });
          const state = JSON.parse(await this.#timed(budget, samples, signal, work)) as EvaluationState;
          onProgress?.({ done: state.samples, all: data.length });
          if (state.done) return state.report;
          samples = stored === undefined ? budget.size : next;
        }
      });
    });
    this.#evaluations = pass.then(
      () => undefined,
      () => undefined,
    );
    return untilAborted(pass, signal);
  }

  /**
   * Opens a stream, in which the network answers step by step, with its current parameters. It holds a copy of them until it is
   * disposed of or forgotten; with the option `learn` that copy learns.
   *
   * @param options how a signal becomes spikes, how often the network decides over its last steps, and whether it learns.
   * @throws {SpikeletError} `CONFIG_INVALID` for an invalid encoding and for channels without one, for `window` and `hop` out of
   * range, for a hop without a window, for a window with the loss `trace`, which decides nothing, and for what a stream can't learn (another
   * rule than `eprop`, a loss that has no error at each step, convolutions, delays that are learnt); `SHAPE_MISMATCH` if the number
   * of units of the encoding is not that of the network's inputs.
   */
  async stream(options: StreamOptions = {}): Promise<SpikeStream> {
    const { SpikeStream } = await import("./session/stream.js");
    const { trainedOn: data, layers } = this.info;
    const outputs = layers.at(-1)?.units ?? 0;
    return SpikeStream.open(this.session, options, { decision: decisionOf(this.config), data, layers: layers.length, outputs });
  }

  /**
   * Converts the network, with the parameters with which it predicts now, to whole numbers: weights of 8 bits or less, states of 16 or 32
   * (specification 20). The network itself stays as it is.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` with the path of what has no form in whole numbers (the neuron `adlif`, the reset
   * `subtractAfterDecay`, the statistics `softmaxSum` and `expMean`), and at `stateBits` for states that do not fit; `SHAPE_MISMATCH` or
   * `DATA_FORMAT` if the samples do not fit the network.
   * @experimental
   */
  async quantize(options: QuantizeOptions): Promise<IntegerNetwork> {
    return (await this.#integers()).quantize(options);
  }

  /**
   * Makes a network of whole numbers from those that `quantize` gave for a network of the same configuration. The parameters of this
   * network do not matter.
   *
   * @throws {SpikeletError} `CONFIG_INVALID`, `SHAPE_MISMATCH` or `DATA_FORMAT` with the path of what does not fit the configuration.
   * @experimental
   */
  async integerNetwork(integers: Integers): Promise<IntegerNetwork> {
    return (await this.#integers()).open(integers);
  }

  async #integers() {
    const { integerNetworks } = await import("./session/integer-network.js");
    return integerNetworks({ session: this.session, feed: this.feed, layers: this.info.layers.length });
  }

  #evaluations: Promise<void> = Promise.resolve();

  /**
   * Returns the loss and the gradients of all parameters over the samples of `batch`, by the configured rule and loss. The
   * parameters stay unchanged. With `training.averaging`, they are those of the weights that learn, not of the averages.
   *
   * With `outputGradient` the derivatives at the outputs are those that this function returns, for a loss that the library does not
   * have. The samples then run all their steps, twice: once for the function and once for the gradients. `loss` is that of the
   * regularisers.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` when the data or what `outputGradient` returned do not fit,
   * `NON_FINITE` for numbers of it that are not finite; and what it throws.
   */
  async gradients(batch: SpikeDataset, options: GradientOptions = {}): Promise<Gradients> {
    samplesOf(batch, "batch");
    const { trace = false, outputGradient } = gradientOptions(options, "");
    return this.feed.with(await batch.load(), (id) =>
      this.session.run((session) => gradientsOf(this, session, { dataset: id, samples: batch.length, trace, outputGradient })),
    );
  }

  /**
   * Returns the weights `[unit][input]` and biases of every spiking layer; in a convolution
   * `[channel][channel of the previous layer][y][x]` and one bias per channel. In a recurrent layer, the inputs are the units of
   * the previous layer, then those of the layer itself. Learnt constants and delays are in `learnt`. They are what the network predicts
   * with: averages, once there are any, and rounded weights with `training.weightBits`.
   */
  async parameters(): Promise<LayerParameters[]> {
    return this.session.run((session) => {
      const { layers } = JSON.parse(session.info()) as NetworkInfo;
      return Promise.all(layers.map(async (_, layer) => fromArrays(await session.parameters(layer))));
    });
  }

  /**
   * Replaces the parameters of one spiking layer, and resets their moments in the optimiser. Learnt constants and delays that are
   * not given stay unchanged.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for a wrong layer or length and for constants that the layer does not learn,
   * `DATA_FORMAT` for another kind of array, `NON_FINITE` for NaN or infinity, `CONFIG_INVALID` for a constant out of range, such
   * as a decay of 1.
   */
  async setParameters(layer: number, parameters: LayerParameters): Promise<void> {
    whole(0, this.info.layers.length - 1, "SHAPE_MISMATCH")(layer, "layer");
    const given = checkedParameters(parameters, "");
    return this.session.run((session) => session.setParameters(layer, toArrays(given)));
  }

  /**
   * Returns the whole state as bytes in the safetensors format, which `restoreNetwork` and `restoreTrainer` read.
   *
   * @throws {SpikeletError} `NON_FINITE` after an update that left parameters that are not finite.
   */
  async checkpoint(options: CheckpointOptions = {}): Promise<OwnBytes> {
    const { origin, resumable } = checkpointOptions(options, "");
    return ownBytes(await this.session.run((session) => session.checkpoint(origin, resumable)));
  }

  /**
   * Returns a model file: the network as it predicts, for `spikelet/infer`, which runs it without this library. It has no state of the
   * optimiser, so training cannot go on from it: that takes a checkpoint.
   *
   * With weights of `"float32"` the runtime gives the same spikes, decisions and membranes, bit for bit. With `"float16"`, `"int8"` and
   * `"int4"` the file has about a half, a quarter and an eighth of the size, weights are rounded, and spikes move.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` at `weights` for a weight that `"float16"` does not hold, `NON_FINITE` after an update that
   * left parameters that are not finite.
   */
  async exportModel(options: ModelOptions = {}): Promise<OwnBytes> {
    const { weights = "float32" } = modelOptions(options, "");
    return ownBytes(await this.session.run((session) => session.exportModel(weights)));
  }

  /** Frees all memory. Waiting calls fail with `DISPOSED`; a second call has no effect. */
  dispose(): void {
    this.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #timed<T>(budget: Budget, pieces: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await untilAborted(work, signal);
    budget.took(pieces, performance.now() - start);
    return result;
  }
}

/** What gradients are asked for. */
interface GradientCall {
  /** The session's number of the data set, all samples of which are the batch. */
  readonly dataset: number;
  readonly samples: number;
  readonly trace: boolean;
  readonly outputGradient: OutputGradient | undefined;
}

/** @internal Gradients of a network, by its session. */
export async function gradientsOf(network: Network, session: Session, call: GradientCall): Promise<Gradients> {
  const { dataset, samples, trace, outputGradient } = call;
  const { config, classes, info } = network;
  const predictionOf = (found: PredictionArrays) =>
    withNames(joinPredictions([found], info.layers.length, decisionOf(config)), classes);
  let outside: OutputGradientArrays | undefined;
  if (outputGradient !== undefined) {
    const prediction = predictionOf(await session.outputs(dataset, 0, samples));
    const { outputGradientArrays } = await import("./session/output-gradient.js");
    const shape = { steps: config.network.steps, outputs: info.layers.at(-1)?.units ?? 0 };
    outside = outputGradientArrays(await outputGradient(prediction), prediction, shape);
  }
  const found = await session.gradients(dataset, 0, samples, trace, outside?.spikes, outside?.times);
  const metrics = JSON.parse(found.metrics) as Metrics;
  const prediction = predictionOf(found.prediction);
  const layers = found.layers.map(fromArrays);
  return { loss: metrics.loss, metrics, layers, prediction, ...(found.trace ? { trace: found.trace } : {}) };
}

/**
 * Creates a network with the given weights, or with weights from the seed of the configuration.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `SHAPE_MISMATCH`, `CONFIG_INVALID` or `NON_FINITE` with
 * the path of parameters that do not fit, such as `parameters[0].learnt.delays[3]`, `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function createNetwork(config: Config, options: StartOptions = {}): Promise<Network> {
  const { parameters, ...how } = startOptions(options, "");
  return started(new Network(await createSession(config, how)), parameters);
}

/** @internal */
export async function started<N extends Network>(network: N, parameters: StartOptions["parameters"]): Promise<N> {
  if (parameters === undefined) return network;
  try {
    const { length } = network.info.layers;
    if (parameters.length !== length) {
      throw new SpikeletError("SHAPE_MISMATCH", "parameters", `must have ${length} entries, got ${parameters.length}`);
    }
    for (const [layer, given] of parameters.entries()) {
      await network.setParameters(layer, given).catch((thrown) => {
        throw within(`parameters[${layer}]`, thrown);
      });
    }
    return network;
  } catch (thrown) {
    network.dispose();
    throw thrown;
  }
}

/**
 * Restores the network of a checkpoint.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `DATA_FORMAT` for what is no
 * `Uint8Array`, `CONFIG_INVALID` for an invalid option, `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function restoreNetwork(checkpoint: Uint8Array, options: CreateOptions = {}): Promise<Network> {
  return new Network(await restoreSession(checkpoint, options));
}

/** @internal */
export async function createSession(config: Config, options: CreateOptions): Promise<ExclusiveSession> {
  const json = jsonOf(record(config, "config"), "");
  const threads = threadsOf(options);
  return open(options, (backend) => backend.createSession(json, options.simd, threads));
}

/** @internal */
export async function restoreSession(checkpoint: Uint8Array, options: CreateOptions): Promise<ExclusiveSession> {
  const checked = restoreOptions(options, "");
  if (typeof checkpoint === "string") {
    const file = JSON.stringify(checkpoint);
    throw new SpikeletError(
      "DATA_FORMAT",
      "checkpoint",
      `must be a Uint8Array, got ${file}: if that is a file, give await load(${file})`,
    );
  }
  const threads = threadsOf(checked);
  return open(checked, (backend) => backend.restoreSession(checkpoint, checked.simd, threads));
}

function threadsOf({ threads }: CreateOptions): string | undefined {
  return threads === undefined ? undefined : jsonOf(threads, "threads");
}

async function open(
  { backend: choice, simd: _, threads: __, quiet: ___, signal, ...page }: CreateOptions,
  make: (backend: Backend) => ReturnType<Backend["createSession"]>,
): Promise<ExclusiveSession> {
  signal?.throwIfAborted();
  const backend = await untilAborted(loadBackend(choice, page), signal);
  const session = make(backend).then((made) => new ExclusiveSession(backend, made));
  try {
    return await untilAborted(session, signal);
  } catch (thrown) {
    session.then((late) => late.dispose()).catch(() => undefined);
    throw thrown;
  }
}
