// import { … } from "spikelet/backend"

export type Awaitable<T> = T | Promise<T>;

/** @experimental */
export interface Backend {
    readonly kind: BackendKind;
    readonly simd: string;
    readonly simdLevels: readonly string[];
    readonly reason: string;
    readonly version: string;
    readonly isAlive?: boolean;
    readonly isElsewhere?: boolean;
    readonly callMilliseconds?: number;
    readonly beforeCall?: () => Promise<void>;
    createSession(config: string, simd?: string, threads?: string): Promise<Session>;
    restoreSession(checkpoint: Uint8Array, simd?: string, threads?: string): Promise<Session>;
    parseIdx(bytes: Uint8Array): Promise<IdxArray>;
    encode(encoding: string, values: Float32Array, units: number, steps: number, rows?: Uint32Array): Promise<EventArrays>;
    encodeSeries(encoding: string, values: Float32Array, offsets: Uint32Array, channels: number, steps: number): Promise<EventArrays>;
    seriesUnits(encoding: string, channels: number): Promise<number>;
    decodeAer(bytes: Uint8Array, options: string, ends?: Uint32Array): Promise<EventArrays>;
    parseNpy(bytes: Uint8Array): Promise<NpyArray>;
    parseTensors(bytes: Uint8Array): Promise<TensorArrays[]>;
    checkpointInfo(bytes: Uint8Array): Promise<string>;
    generate(options: string): Promise<GeneratedArrays>;
    simulateEvents(pixels: Uint8Array, height: number, width: number, options: string): Promise<EventArrays>;
}

export type BackendChoice = "auto" | BackendKind | Backend;

export type BackendKind = "native" | "wasm";

/** @experimental */
export interface DatasetArrays extends Partial<EventArrays> {
    pixels?: Uint8Array;
    values?: Float32Array;
    rows?: Uint32Array;
    labels?: Uint32Array;
    counts?: Float32Array;
    series?: Float32Array;
    targetOffsets?: Uint32Array;
    targetTimes?: Uint16Array;
    targetUnits?: Uint32Array;
}

/** @experimental */
export interface DecisionArrays {
    from: number;
    to: number;
    counts: Uint32Array;
    byCount?: number | null;
    firstStep?: number | null;
    firstUnit?: number | null;
    byMembrane?: number | null;
    scores?: Float32Array | null;
}

export interface EventArrays {
    offsets: Uint32Array;
    times: Uint16Array;
    units: Uint32Array;
    values?: Float32Array | undefined;
}

/** @experimental */
export interface GeneratedArrays {
    values?: Float32Array | null;
    events?: EventArrays | null;
    labels?: Uint32Array | null;
    targets?: EventArrays | null;
}

/** @experimental */
export interface GradientArrays {
    metrics: string;
    layers: ParameterArrays[];
    prediction: PredictionArrays;
    trace?: TraceArrays[] | null;
}

export interface IdxArray {
    shape: Uint32Array;
    data: Uint8Array;
}

/** @experimental */
export interface InputArrays {
    weights: Float32Array;
    learnt: TensorArrays[];
}

/** @experimental */
export interface IntegerPredictionArrays {
    decisions: Int32Array;
    scores: Float64Array;
    membranes: Int32Array;
    clamped: number;
    layers: EventArrays[];
}

/** @experimental */
export interface NpyArray {
    dtype: string;
    shape: Uint32Array;
    data: Uint8Array;
}

export interface PageOptions {
    worker?: boolean;
    workers?: number;
    workerUrl?: string | URL;
    wasmUrl?: string | URL;
    wasmModule?: WebAssembly.Module;
    extrasWasmUrl?: string | URL;
    extrasWasmModule?: WebAssembly.Module;
    threadsWorkerUrl?: string | URL;
    threadsWasmUrl?: string | URL;
}

/** @experimental */
export interface ParameterArrays {
    weights: Float32Array;
    biases: Float32Array;
    learnt: TensorArrays[];
    inputs: InputArrays[];
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

/** @experimental */
export type PreparedSamples = object;

/** @experimental */
export interface Session {
    config(): string;
    info(): string;
    dispose(): void;
    addDataset(descriptor: string, arrays: DatasetArrays): Promise<number>;
    removeDataset(id: number): Awaitable<void>;
    prepare(dataset: number, arrays: DatasetArrays): Promise<PreparedSamples>;
    supply(dataset: number, rows: Uint32Array, samples: PreparedSamples): Promise<void>;
    upcoming(skip: number, maxBatches: number): Awaitable<string>;
    upcomingEvaluation(maxSamples: number, before?: number): Awaitable<string>;
    begin(options: string): Awaitable<void>;
    advance(maxBatches: number): Promise<string>;
    runLocalBatch(rank: number, size: number): Promise<Uint8Array | null | undefined>;
    finishBatch(records: Uint8Array[]): Promise<string>;
    beginEvaluation(dataset: number, earlyDecision: boolean): Awaitable<void>;
    advanceEvaluation(maxSamples: number): Promise<string>;
    predict(dataset: number, start: number, count: number, earlyDecision: boolean): Promise<PredictionArrays>;
    quantize(dataset: number, start: number, count: number, stateBits: number, weightBits: number, percentile: number): Promise<Float64Array>;
    openIntegers(integers: Float64Array): Awaitable<number>;
    predictIntegers(integers: number, dataset: number, start: number, count: number): Promise<IntegerPredictionArrays>;
    exportIntegers(integers: number): Promise<Uint8Array>;
    closeIntegers(integers: number): Awaitable<void>;
    openStream(options: string, saved?: Uint8Array): Awaitable<number>;
    runStream(stream: number, times: Uint16Array, units: Uint32Array, steps: number, values?: Float32Array): Awaitable<StreamArrays>;
    stepStream(stream: number, units: Uint32Array, row: Float32Array): Awaitable<void>;
    learnStream(stream: number, times: Uint16Array, units: Uint32Array, steps: number, targets: Float32Array, values?: Float32Array): Awaitable<StreamArrays>;
    rewardStream(stream: number, reward: number): Awaitable<void>;
    streamParameters(stream: number, layer: number): Awaitable<ParameterArrays>;
    saveStream(stream: number): Promise<Uint8Array>;
    runStreamSignal(stream: number, values: Float32Array): Awaitable<StreamArrays>;
    restartStream(stream: number): Awaitable<void>;
    restartStreamDecision(stream: number): Awaitable<void>;
    closeStream(stream: number): Awaitable<void>;
    outputs(dataset: number, start: number, count: number): Promise<PredictionArrays>;
    gradients(dataset: number, start: number, count: number, trace: boolean, spikes?: Float32Array, times?: Float32Array): Promise<GradientArrays>;
    applyGradients(layers: ParameterArrays[]): Awaitable<void>;
    parameters(layer: number): Awaitable<ParameterArrays>;
    setParameters(layer: number, parameters: ParameterArrays): Awaitable<void>;
    exportModel(weights: string): Promise<Uint8Array>;
    checkpoint(origin?: string, resumable?: boolean): Promise<Uint8Array>;
    history(): Awaitable<string>;
}

/** @experimental */
export interface StreamArrays {
    times: Uint16Array;
    units: Uint32Array;
    membranes?: Float32Array | null;
    start: number;
    overall: DecisionArrays;
    windows: DecisionArrays[];
    action?: number | null;
}

/** @experimental */
export interface TensorArrays {
    name: string;
    shape: Uint32Array;
    data: Float32Array;
}

export interface TraceArrays {
    units: number;
    steps: number;
    membrane: Float32Array;
    current: Float32Array;
    slope: Float32Array;
    direct: Float32Array;
    p: Float32Array;
    q: Float32Array;
    spikeGradient: Float32Array;
    timingGradient: Float32Array;
    activationPart: Float32Array;
    timingPart: Float32Array;
}

export function loadBackend(choice?: BackendChoice, page?: PageOptions): Promise<Backend>;
