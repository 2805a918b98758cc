import { loadBackend } from "#host/runtime/load";
import { type FieldChecks, fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { callback, flag, listOf, text, whole } from "./check/values.js";
import type { ResolvedConfig } from "./config.js";
import { type SpikeDataset, samplesOf } from "./datasets/dataset.js";
import { SpikeletError, within } from "./errors.js";
import { Feed } from "./feed.js";
import type { Config, Metrics, PerUnit, Threads } from "./generated/config.js";
import {
  checkedParameters,
  fromArrays,
  type Gradients,
  joinPredictions,
  type LayerParameters,
  type Prediction,
  toArrays,
} from "./results.js";
import { untilAborted } from "./runtime/abort.js";
import type { Backend, BackendChoice, PageOptions, PredictionArrays } from "./runtime/backend.js";
import { Budget } from "./runtime/budget.js";
import { ExclusiveSession } from "./runtime/exclusive.js";
import { abortSignal, backendChoice, PAGE_OPTIONS } from "./runtime/options.js";
import { StoredPass } from "./stored-pass.js";
import { SpikeStream, type StreamOptions } from "./stream.js";

/** How a network or trainer computes. */
export interface CreateOptions extends PageOptions {
  /** `"auto"` unless given; then `SPIKELET_BACKEND` decides, then what is there. */
  backend?: BackendChoice;
  /** A SIMD level by name instead of the best; the results are the same bits. */
  simd?: string;
  /** Threads instead of those of the configuration, which stays as it is; the results are the same bits. */
  threads?: Threads;
  /** Ends the creation. */
  signal?: AbortSignal;
}

/** How a network or trainer begins. */
export interface StartOptions extends CreateOptions {
  /** Weights and biases of every spiking layer, from the input up, instead of those from the seed. */
  parameters?: readonly LayerParameters[];
}

/** How a pass over a data set goes. */
export interface PassOptions {
  /** Ends it; it then throws the signal's reason. */
  signal?: AbortSignal;
  /**
   * `true` simulates each sample up to the step of its first output spike only. The decisions by first spike are the same, in less time; all else,
   * also loss and decisions by most spikes, is that of the steps that were simulated.
   */
  earlyDecision?: boolean;
  /** Is told how many samples are done. */
  onProgress?: (progress: { done: number; all: number }) => void;
}

/** Size of a spiking layer. */
export interface LayerInfo {
  /** Weights of a unit: the units below and, in a recurrent layer, then those of the layer itself; in a convolution channels × kernel × kernel. */
  inputs: number;
  units: number;
  /** Units that have weights of their own: all, or the channels of a convolution. */
  filters: number;
  /** Whether its spikes reach it again. */
  recurrent?: boolean;
  /** Size of a convolution's output. */
  image?: { channels: number; height: number; width: number };
  /** Side of the square that a convolution's unit sees. */
  kernel?: number;
}

/** Gains of the input drive, from current to membrane, and of the bias (spec 1.2); lists have one number for each unit or channel. */
export interface Gains {
  current: PerUnit;
  membrane: PerUnit;
  bias: PerUnit;
}

/** What a session knows about itself. */
export interface NetworkInfo {
  /** SIMD level in use. */
  simd: string;
  threads: number;
  /** Gains of the neuron, given or found by `gain: "auto"`. */
  gains: Gains;
  /** The same of each spiking layer, from the input up; they differ where a layer has a neuron of its own. */
  layerGains: Gains[];
  /** The spiking layers, from the input up. */
  layers: LayerInfo[];
  version: string;
  /** Whether training has come to its last epoch. */
  finished: boolean;
  /** Epochs done. */
  epoch: number;
  /** Updates done. */
  step: number;
  /** The best epoch so far, counted from 1, of a run with `training.earlyStopping`. */
  bestEpoch: number | null;
  /** What the checkpoint that it was restored from says about where it comes from; `null` where that says nothing. */
  origin: string | null;
}

/** What a checkpoint tells beside the state. */
export interface CheckpointOptions {
  /** Where the state comes from, in words of the caller; `info.origin` of whoever is restored from the checkpoint. */
  origin?: string;
}

/** @internal */
export const createOptions: FieldChecks<CreateOptions> = {
  ...PAGE_OPTIONS,
  backend: backendChoice,
  simd: text,
  // Checked where it is resolved.
  threads: (value) => value as Threads,
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

const checkpointOptions = fields<CheckpointOptions>({ origin: text });

const gradientOptions = fields<{ trace?: boolean }>({ trace: flag });

/**
 * A network to ask: predictions, gradients, parameters. Calls may be made at any time; they wait for each other.
 *
 * Every method fails with `DISPOSED` after {@link dispose}.
 */
export class Network implements Disposable {
  protected readonly session: ExclusiveSession;
  protected readonly feed: Feed;

  /** Use {@link createNetwork} or {@link restoreNetwork}. */
  constructor(session: ExclusiveSession) {
    this.session = session;
    this.feed = new Feed(session);
  }

  /** What computes, and why. */
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

  /**
   * Answers for every sample, and the spikes of every layer.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` when the data do not fit the network; the signal's reason after an abort.
   */
  async predict(data: SpikeDataset, options: PassOptions = {}): Promise<Prediction> {
    samplesOf(data, "data");
    const { signal, earlyDecision = false, onProgress } = passOptions(options, "");
    const budget = new Budget({ target: this.backend.callMilliseconds });
    // Whole batches: with `endSimulation: "batch"` the spikes depend on which samples are simulated together.
    const batch = this.config.training.batchSize;
    return this.feed.with(data, async (id) => {
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
      return joinPredictions(parts, this.info.layers.length);
    });
  }

  /**
   * Loss, decisions, spikes and cost over a data set with targets.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` when the data do not fit; the signal's reason after an abort.
   */
  async evaluate(data: SpikeDataset, options: PassOptions = {}): Promise<Metrics> {
    samplesOf(data, "data");
    const { signal, earlyDecision = false, onProgress } = passOptions(options, "");
    const budget = new Budget({ target: this.backend.callMilliseconds, first: 16 });
    // The session knows one evaluation at a time: its passes come one after the other.
    const pass = this.#evaluations.then(() =>
      this.feed.with(data, async (id) => {
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
      }),
    );
    this.#evaluations = pass.then(
      () => undefined,
      () => undefined,
    );
    return pass;
  }

  /**
   * Begins a stream: the network answers step by step, with the parameters that it has now.
   *
   * @param options how a signal becomes spikes; without an encoding the stream takes spikes.
   * @throws {SpikeletError} `CONFIG_INVALID` for a wrong encoding, `SHAPE_MISMATCH` where its units are not the inputs of the network.
   */
  async stream(options: StreamOptions = {}): Promise<SpikeStream> {
    return SpikeStream.open(this.session, options);
  }

  #evaluations: Promise<void> = Promise.resolve();

  /**
   * Loss and gradients of all parameters over the samples of `batch`, by the configured rule and loss; nothing is learnt.
   *
   * @param options `trace` adds the states and adjoints of every layer: samples × steps × units numbers each.
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` when the data do not fit.
   */
  async gradients(batch: SpikeDataset, options: { trace?: boolean } = {}): Promise<Gradients> {
    samplesOf(batch, "batch");
    const { trace = false } = gradientOptions(options, "");
    return this.feed.with(await batch.load(), async (id) => {
      const found = await this.session.run((session) => session.gradients(id, 0, batch.length, trace));
      const metrics = JSON.parse(found.metrics) as Metrics;
      const layers = found.layers.map(fromArrays);
      const prediction = joinPredictions([found.prediction], layers.length);
      return { loss: metrics.loss, metrics, layers, prediction, ...(found.trace ? { trace: found.trace } : {}) };
    });
  }

  /**
   * Weights `[unit][input]` and biases of every spiking layer; in a convolution `[channel][channel below][y][x]`, a bias a channel. In a
   * recurrent layer the inputs are the units below, then those of the layer itself. Where a layer learns decays, thresholds or the strength
   * of adaptation, their values are in `learnt`.
   */
  async parameters(): Promise<LayerParameters[]> {
    return this.session.run((session) => {
      const { layers } = JSON.parse(session.info()) as NetworkInfo;
      return Promise.all(layers.map(async (_, layer) => fromArrays(await session.parameters(layer))));
    });
  }

  /**
   * Replaces the parameters of one spiking layer; the optimiser forgets what it gathered about them. What the layer learns beside weights
   * and biases stays where it is not given.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for a wrong layer or length and for what the layer does not learn, `DATA_FORMAT` for another
   * kind of array, `NON_FINITE` for NaN or infinity, `CONFIG_INVALID` for a constant that it cannot have, such as a decay of 1.
   */
  async setParameters(layer: number, parameters: LayerParameters): Promise<void> {
    whole(0, this.info.layers.length - 1, "SHAPE_MISMATCH")(layer, "layer");
    const given = checkedParameters(parameters, "");
    return this.session.run((session) => session.setParameters(layer, toArrays(given)));
  }

  /** Everything as bytes in the safetensors format; `restoreNetwork` and `restoreTrainer` read them. */
  async checkpoint(options: CheckpointOptions = {}): Promise<Uint8Array> {
    const { origin } = checkpointOptions(options, "");
    return this.session.run((session) => session.checkpoint(origin));
  }

  /** Lets go of all memory. Calls that wait fail with `DISPOSED`; doing it twice does nothing. */
  dispose(): void {
    this.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #timed<T>(budget: Budget, asked: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await untilAborted(work, signal);
    budget.took(asked, performance.now() - start);
    return result;
  }
}

/**
 * A network with the given weights, or those from the configuration's seed.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `SHAPE_MISMATCH`, `CONFIG_INVALID` or `NON_FINITE` with the path of
 * parameters that do not fit, such as `parameters[0].learnt.delays[3]`, `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
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
 * The network of a checkpoint.
 *
 * @throws {SpikeletError} `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint, `CONFIG_INVALID` for `threads`.
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
  const threads = threadsOf(checked);
  return open(checked, (backend) => backend.restoreSession(checkpoint, checked.simd, threads));
}

function threadsOf({ threads }: CreateOptions): string | undefined {
  return threads === undefined ? undefined : jsonOf(threads, "threads");
}

async function open(
  { backend: choice, simd: _, threads: __, signal, ...page }: CreateOptions,
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
