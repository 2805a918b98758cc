import { metricsOf } from "./metrics.js";
import type {
  Backend,
  CoreEvent,
  DatasetArrays,
  IntegerPredictionArrays,
  ParameterArrays,
  PredictionArrays,
  Session,
  StreamArrays,
} from "./types.js";

/** How the stand-in behaves. */
export interface FakeOptions {
  /** What one piece of work waits for: what a test holds, or a turn of the event loop. */
  pause?: () => Promise<unknown>;
  /** Validation samples a piece. */
  piece?: number;
  /** Errors as the addon makes them, by method. */
  fails?: Partial<Record<keyof Session, { code: string; message: string }>>;
}

/** What a test can look at. */
export interface FakeBackend extends Backend {
  readonly sessions: FakeSession[];
}

/** Computes nothing, but keeps the contract: same order of events, same errors, one call at a time. */
export function fakeBackend(options: FakeOptions = {}): FakeBackend {
  const sessions: FakeSession[] = [];
  const open = async (config: string) => {
    const session = new FakeSession(JSON.parse(config), options);
    sessions.push(session);
    return session;
  };
  return {
    kind: "native",
    simd: "fallback",
    simdLevels: ["fallback"],
    reason: "a test double",
    version: "0.1.0",
    sessions,
    createSession: open,
    restoreSession: (checkpoint) => open(new TextDecoder().decode(checkpoint)),
    parseIdx: async (bytes) => ({ shape: Uint32Array.of(bytes.length), data: bytes }),
    encode: async (_, values, units) => everyUnitOnce(values.length / units, units),
    encodeSeries: async (_, __, offsets, channels) => everyUnitOnce(offsets.length - 1, 2 * channels),
    seriesUnits: async (_, channels) => 2 * channels,
    decodeAer: async () => everyUnitOnce(1, 1),
    parseTensors: async () => [],
    checkpointInfo: async (bytes) => JSON.stringify({ config: JSON.parse(new TextDecoder().decode(bytes)) }),
    parseNpy: async (bytes) => ({ dtype: "uint8", shape: Uint32Array.of(bytes.length), data: bytes }),
    generate: async () => ({ events: everyUnitOnce(1, 1) }),
    simulateEvents: async () => everyUnitOnce(1, 1),
  };
}

interface FakeConfig {
  network: { input: number; layers: { type: string; units: number }[] };
  training?: { batchSize?: number; epochs?: number };
  rule?: { type: string };
  loss?: { type: string };
}

export class FakeSession implements Session {
  readonly datasets = new Map<number, { descriptor: string; arrays: DatasetArrays }>();
  readonly budgets: number[] = [];
  /** Streams and networks of whole numbers that were closed. */
  readonly closed: number[] = [];
  isDisposed = false;
  #config: FakeConfig;
  #options: FakeOptions;
  #isBusy = false;
  #nextId = 1;
  #run: { train: number; validation: number | null } = { train: 0, validation: null };
  #epoch = 0;
  #batch = 0;
  #validated = -1;
  #isFinished = false;
  #evaluated = 0;
  #evaluating = 0;

  constructor(config: FakeConfig, options: FakeOptions) {
    this.#config = {
      rule: { type: "antlr" },
      loss: { type: "latency" },
      ...config,
      training: { batchSize: 16, epochs: 2, ...config.training },
    };
    this.#options = options;
  }

  config(): string {
    return JSON.stringify(this.#config);
  }

  info(): string {
    const layers = this.#config.network.layers.map(({ units }) => ({ inputs: this.#config.network.input, units }));
    return JSON.stringify({
      simd: "fallback",
      threads: 1,
      gains: {},
      layers,
      version: "0.1.0",
      epoch: this.#epoch,
      step: 0,
      finished: this.#isFinished,
    });
  }

  dispose(): void {
    if (this.#isBusy) throw new Error("disposed in the middle of a call");
    this.isDisposed = true;
  }

  async addDataset(descriptor: string, arrays: DatasetArrays): Promise<number> {
    this.#enter("addDataset");
    this.datasets.set(this.#nextId, { descriptor, arrays });
    return this.#nextId++;
  }

  async prepare(_: number, arrays: DatasetArrays): Promise<DatasetArrays> {
    return arrays;
  }

  async supply(): Promise<void> {}

  upcoming(): string {
    return JSON.stringify({ batches: 0, train: [], validation: [] });
  }

  upcomingEvaluation(): string {
    return JSON.stringify({ start: 0, end: 0 });
  }

  removeDataset(id: number): void {
    this.datasets.delete(id);
  }

  async quantize(): Promise<Float64Array> {
    return Float64Array.of(32, 0);
  }

  openIntegers(): number {
    return this.#nextId++;
  }

  async predictIntegers(_: number, __: number, ___: number, count: number): Promise<IntegerPredictionArrays> {
    return this.#work("predictIntegers", async () => ({
      decisions: new Int32Array(count),
      scores: new Float64Array(count),
      membranes: new Int32Array(),
      clamped: 0,
      layers: [],
    }));
  }

  async exportIntegers(id: number): Promise<Uint8Array> {
    return this.#work("exportIntegers", async () => Uint8Array.of(id));
  }

  closeIntegers(id: number): void {
    this.closed.push(id);
  }

  openStream(): number {
    return this.#nextId++;
  }

  runStream(_: number, times: Uint16Array, units: Uint32Array, steps: number): StreamArrays {
    const overall = { from: 0, to: steps, counts: Uint32Array.of(times.length), byCount: 0 };
    return { times, units, start: 0, overall, windows: [] };
  }

  stepStream(): void {}

  learnStream(_: number, times: Uint16Array, units: Uint32Array, steps: number): StreamArrays {
    return this.runStream(0, times, units, steps);
  }

  rewardStream(): void {}

  saveStream(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(0));
  }

  streamParameters(): ParameterArrays {
    return { weights: new Float32Array(0), biases: new Float32Array(0), learnt: [], inputs: [] };
  }

  runStreamSignal(_: number, values: Float32Array): StreamArrays {
    return this.runStream(0, new Uint16Array(0), new Uint32Array(0), values.length);
  }

  restartStream(): void {}

  restartStreamDecision(): void {}

  closeStream(id: number): void {
    this.closed.push(id);
  }

  begin(options: string): void {
    this.#enter("begin");
    const { train, validation, epochs } = JSON.parse(options) as { train: number; validation: number | null; epochs?: number };
    this.#run = { train, validation };
    this.#isFinished = false;
    if (epochs !== undefined) this.#config = { ...this.#config, training: { ...this.#config.training, epochs } };
  }

  async advance(maxBatches: number): Promise<string> {
    this.budgets.push(maxBatches);
    return this.#work("advance", async () => {
      const events: CoreEvent[] = [];
      for (let k = 0; k < maxBatches && !this.#isFinished; k++) {
        await this.#spend();
        events.push(...this.#advanceOne());
      }
      return JSON.stringify(events);
    });
  }

  #advanceOne(): CoreEvent[] {
    const { epochs = 2, batchSize = 16 } = this.#config.training ?? {};
    const samples = this.#samples(this.#run.train);
    const batches = Math.ceil(samples / batchSize);
    const epoch = this.#epoch + 1;
    const end = (): CoreEvent => {
      this.#epoch += 1;
      this.#batch = 0;
      this.#validated = -1;
      return {
        type: "epochEnd",
        epoch,
        epochs,
        learningRate: 0.1,
        train: metricsOf(samples),
        validation: null,
        bestEpoch: epoch,
      };
    };
    if (this.#epoch >= epochs) {
      this.#isFinished = true;
      return [{ type: "finished", epochs }];
    }
    if (this.#validated >= 0 && this.#run.validation !== null) {
      const total = this.#samples(this.#run.validation);
      this.#validated = Math.min(total, this.#validated + (this.#options.piece ?? 4));
      const pass: CoreEvent = { type: "validation", epoch, samplesDone: this.#validated, samples: total };
      return this.#validated === total ? [pass, end()] : [pass];
    }
    this.#batch += 1;
    const done = Math.min(samples, this.#batch * batchSize);
    const running = { samples: done, loss: 1, accuracy: { count: 0, firstSpike: 0 }, spikesPerSample: 1 };
    const step: CoreEvent = { type: "step", epoch, batch: this.#batch, batches, step: this.#batch, loss: 1, running };
    if (this.#batch < batches) return [step];
    if (this.#run.validation === null) return [step, end()];
    this.#validated = 0;
    return [step];
  }

  async runLocalBatch(): Promise<undefined> {
    this.#enter("runLocalBatch");
    return undefined;
  }

  async finishBatch(): Promise<string> {
    this.#enter("finishBatch");
    return "[]";
  }

  beginEvaluation(dataset: number): void {
    this.#enter("beginEvaluation");
    this.#evaluating = dataset;
    this.#evaluated = 0;
  }

  async advanceEvaluation(maxSamples: number): Promise<string> {
    return this.#work("advanceEvaluation", async () => {
      await this.#spend();
      const samples = this.#samples(this.#evaluating);
      this.#evaluated = Math.min(samples, this.#evaluated + maxSamples);
      return JSON.stringify({ done: this.#evaluated === samples, samples: this.#evaluated, report: metricsOf(this.#evaluated) });
    });
  }

  async predict(_dataset: number, start: number, count: number): Promise<PredictionArrays> {
    return this.#work("predict", async () => {
      await this.#spend();
      return predictionOf(start, count, this.#config.network.layers.length);
    });
  }

  async outputs(_dataset: number, start: number, count: number): Promise<PredictionArrays> {
    return this.#work("outputs", async () => predictionOf(start, count, this.#config.network.layers.length));
  }

  async gradients(_dataset: number, start: number, count: number): ReturnType<Session["gradients"]> {
    return this.#work("gradients", async () => ({
      metrics: JSON.stringify(metricsOf(count)),
      layers: this.#config.network.layers.map((_, layer) => this.parameters(layer)),
      prediction: predictionOf(start, count, this.#config.network.layers.length),
    }));
  }

  applyGradients(): void {
    this.#enter("applyGradients");
  }

  parameters(layer: number): Awaited<ReturnType<Session["parameters"]>> {
    const { units } = this.#config.network.layers[layer] ?? { units: 0 };
    return {
      weights: new Float32Array(units * this.#config.network.input),
      biases: new Float32Array(units),
      learnt: [],
      inputs: [],
    };
  }

  setParameters(): void {
    this.#enter("setParameters");
  }

  async exportModel(weights: string): Promise<Uint8Array> {
    return this.#work("exportModel", async () => new TextEncoder().encode(weights));
  }

  async checkpoint(): Promise<Uint8Array> {
    return this.#work("checkpoint", async () => new TextEncoder().encode(this.config()));
  }

  history(): string {
    return "[]";
  }

  #samples(id: number): number {
    return this.datasets.get(id)?.arrays.labels?.length ?? 0;
  }

  async #spend(): Promise<void> {
    await this.#options.pause?.();
  }

  async #work<T>(method: keyof Session, work: () => Promise<T>): Promise<T> {
    this.#enter(method);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  #enter(method: keyof Session): void {
    if (this.isDisposed) throw bindingError("DISPOSED", "", "used after dispose");
    if (this.#isBusy) throw new Error(`${method} while another call runs`);
    const failure = this.#options.fails?.[method];
    if (failure) throw bindingError(failure.code, "", failure.message);
  }
}

/** An error as it comes out of the addon. */
export function bindingError(code: string, path: string, message: string): Error {
  return Object.assign(new Error(message), { code, path });
}

function predictionOf(start: number, count: number, layers: number): PredictionArrays {
  const answers = Uint32Array.from({ length: count }, (_, k) => start + k);
  return {
    byCount: Int32Array.from(answers),
    byFirstSpike: Int32Array.from(answers),
    decisionStep: answers.slice(),
    steps: answers.slice(),
    scoresByCount: answers.slice(),
    scoresByFirstSpike: answers.slice(),
    byMembrane: new Int32Array(),
    scoresByMembrane: new Float32Array(),
    probabilities: new Float32Array(),
    membranes: new Float32Array(),
    layers: Array.from({ length: layers }, () => everyUnitOnce(count, 1)),
  };
}

function everyUnitOnce(samples: number, units: number) {
  return {
    offsets: Uint32Array.from({ length: samples + 1 }, (_, b) => b * units),
    times: new Uint16Array(samples * units),
    units: Uint32Array.from({ length: samples * units }, (_, k) => k % units),
  };
}
