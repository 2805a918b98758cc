import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Config, OptimizerConfig, TrainEvent } from "../../generated/config.js";
import { DEFAULTS } from "../../generated/defaults.js";
import type { NetworkInfo } from "../../network-info.js";
import type { Backend, DatasetArrays, Session } from "../../runtime/backend.js";
import { Budget } from "../../session/budget.js";

/** More epochs than any benchmark needs. */
const ENDLESS = 1_000_000;
/** A step that no weight feels: the optimiser does all its work, and the network fires alike in every repetition. */
const NO_STEP = 1e-30;
/** Whatever the batch that is measured, so that all batches are measured on one network. */
const LEARNT_BATCH = 128;

export interface BenchSessionOptions {
  backend: Backend;
  simd?: string | undefined;
  /** Factor on the initial weights, 1 unless given. */
  weightScale?: number;
  /** Updates of {@link LEARNT_BATCH} samples by which the network learns before it is measured, none unless given. */
  learnt?: number;
}

/** A session that holds its data and whose weights stay, so that only computing is measured, and always the same. */
export class BenchSession implements Disposable {
  readonly info: NetworkInfo;
  /** Bytes of the arrays that were copied in. */
  readonly dataBytes: number;
  readonly #session: Session;
  readonly #data: number;
  readonly #batch: number;
  readonly #budgets = { train: new Budget(), infer: new Budget() };
  #evaluated = 0;

  private constructor(session: Session, data: number, dataBytes: number, batch: number) {
    this.#session = session;
    this.#data = data;
    this.#batch = batch;
    this.dataBytes = dataBytes;
    this.info = infoOf(session);
  }

  /** Copies as many samples in as make whole batches. */
  static async open(
    config: Config,
    samples: SpikeDataset,
    { backend, simd, weightScale = 1, learnt = 0 }: BenchSessionOptions,
  ): Promise<BenchSession> {
    const batch = config.training?.batchSize ?? DEFAULTS.training.batchSize;
    const whole = samples.slice(0, Math.max(batch, samples.length - (samples.length % batch)));
    const create = (of: Config) => backend.createSession(JSON.stringify(of), simd);
    const session = await create({
      ...config,
      optimizer: { type: "adam", ...config.optimizer, learningRate: NO_STEP } as OptimizerConfig,
    });
    const { descriptor, arrays } = whole.wire();
    const dataBytes = bytesOf(arrays);
    const data = await session.addDataset(descriptor, arrays);
    await scale(session, weightScale);
    if (learnt > 0) {
      const learner = await create({ ...config, training: { ...config.training, batchSize: LEARNT_BATCH } });
      try {
        await scale(learner, weightScale);
        const own = whole.wire();
        await begin(learner, await learner.addDataset(own.descriptor, own.arrays));
        await learner.advance(learnt);
        for (const layer of infoOf(session).layers.keys()) await session.setParameters(layer, await learner.parameters(layer));
      } finally {
        learner.dispose();
      }
    }
    await begin(session, data);
    return new BenchSession(session, data, dataBytes, batch);
  }

  /** Learns some batches; the number of their samples. */
  async train(): Promise<number> {
    const budget = this.#budgets.train;
    const batches = budget.size;
    const start = performance.now();
    const events = JSON.parse(await this.#session.advance(batches)) as TrainEvent[];
    budget.took(batches, performance.now() - start);
    return events.filter((event) => event.type === "step").length * this.#batch;
  }

  /** Evaluates some samples; their number. */
  async infer(): Promise<number> {
    const budget = this.#budgets.infer;
    const start = performance.now();
    if (this.#evaluated === 0) await this.#session.beginEvaluation(this.#data, false);
    const batches = budget.size;
    const text = await this.#session.advanceEvaluation(batches * this.#batch);
    const state = JSON.parse(text) as { done: boolean; samples: number };
    const samples = state.samples - this.#evaluated;
    budget.took(Math.ceil(samples / this.#batch), performance.now() - start);
    this.#evaluated = state.done ? 0 : state.samples;
    return samples;
  }

  /** Spikes per unit and sample of each layer, over one batch. */
  async spikesPerUnit(): Promise<number[]> {
    const { layers } = await this.#session.predict(this.#data, 0, this.#batch, false);
    return layers.map(({ times }, layer) => times.length / this.#batch / (this.info.layers[layer]?.units ?? 1));
  }

  [Symbol.dispose](): void {
    this.#session.dispose();
  }
}

async function begin(session: Session, data: number): Promise<void> {
  await session.begin(JSON.stringify({ train: data, epochs: ENDLESS }));
}

async function scale(session: Session, factor: number): Promise<void> {
  for (const layer of factor === 1 ? [] : infoOf(session).layers.keys()) {
    const parameters = await session.parameters(layer);
    await session.setParameters(layer, { ...parameters, weights: parameters.weights.map((weight) => weight * factor) });
  }
}

function infoOf(session: Session): NetworkInfo {
  return JSON.parse(session.info());
}

/** Size of all arrays. */
export function bytesOf(arrays: DatasetArrays): number {
  return Object.values(arrays).reduce((sum: number, array: ArrayBufferView) => sum + array.byteLength, 0);
}
