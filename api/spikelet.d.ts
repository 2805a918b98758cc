// import { … } from "spikelet"

import { Backend } from "spikelet/backend";

export const ARITHMETIC = 8;

export type Accuracy = {
    decision?: number;
    count?: number;
    firstSpike?: number;
    membrane?: number;
}

export type ActivationRule = {
    variant?: ActivationVariant;
    surrogate?: Surrogate;
    resetPath?: ResetPaths;
    adaptationPath?: boolean;
    recurrentPath?: RecurrentPath;
}

export type ActivationVariant = "srm" | "rnn" | "slayer";

export type Adam = {
    learningRate?: number;
    beta1?: number;
    beta2?: number;
    epsilon?: number;
    weightDecay?: number;
}

export type AdamW = {
    learningRate?: number;
    beta1?: number;
    beta2?: number;
    epsilon?: number;
    weightDecay?: number;
}

export type AdaptationScheme = "symplectic" | "forward";

export interface AerOptions {
    steps?: number;
    truncateMs?: number;
    size?: number;
}

export type AntlrRule = {
    activationWeight?: PerLayer;
    timingWeight?: PerLayer;
    weightSchedule?: WeightSchedule;
    variant?: ActivationVariant;
    surrogate?: Surrogate;
    resetPath?: ResetPaths;
    adaptationPath?: boolean;
    recurrentPath?: RecurrentPath;
    slopeFloor?: number;
}

export type ArctanSurrogate = {
    scale?: number;
    sharpness?: number;
}

export type Augmentation = {
    shift?: number;
    image?: [number, number, number] | null;
    timeJitter?: number;
    eventDropout?: number;
    inputDropout?: number;
}

export type Averaging = {
    "type": "ema";
} & Ema | {
    "type": "swa";
} & Swa;

export type BackendChoice = "auto" | BackendKind | Backend;

export type BackendKind = "native" | "wasm";

export type BestBy = "decision" | "firstSpike" | "count" | "membrane" | "meanSquaredError" | "loss";

export type BurstEncoding = {
    maxSpikes?: number;
    minInterval?: number;
    maxInterval?: number;
}

export interface CameraEvents {
    times: Float64Array;
    x: Uint16Array;
    y: Uint16Array;
    polarities: Uint8Array;
}

export type ChannelEncoding = {
    "type": "delta";
} & DeltaEncoding | {
    "type": "levels";
} & LevelsEncoding | {
    "type": "current";
} & CurrentEncoding;

export interface CheckpointInfo {
    config: ResolvedConfig;
    epoch: number;
    step: number;
    finished: boolean;
    bestEpoch: number | null;
    history: EpochRecord[];
    origin: string | null;
    trainedOn: TrainedOn | null;
    version: string;
    arithmetic?: number;
}

export interface CheckpointInfoOptions {
    backend?: BackendChoice;
}

export interface CheckpointOptions {
    origin?: string;
    resumable?: boolean;
}

export interface CochleaSet extends Publication {
    (options: ShdOptions): Promise<SpikeDataset>;
    readonly layout: "cochlea";
}

export type Config = {
    network: NetworkConfig;
    rule?: RuleConfig;
    loss?: LossConfig;
    regularizers?: Regularizers;
    optimizer?: OptimizerConfig;
    schedule?: ScheduleConfig;
    training?: TrainingConfig;
}

export type ConstantSchedule = {
    interval?: ScheduleInterval;
    warmupEpochs?: number;
}

export type Convolution = {
    name?: string;
    from?: Sources;
    channels: number;
    kernel: Sizes;
    stride?: Sizes;
    padding?: Padding;
    dilation?: Sizes;
    groups?: number;
    inputs?: Array<LayerInput>;
    neuron?: LayerNeuron;
}

export type ConvolutionInput = {
    from: Sources;
    kernel: Sizes;
    stride?: Sizes;
    padding?: Padding;
    dilation?: Sizes;
    groups?: number;
    learn?: boolean;
}

export type CosineSchedule = {
    finalFactor?: number;
    interval?: ScheduleInterval;
    warmupEpochs?: number;
}

export type CountCrossEntropyLoss = {
    inverseTemperature?: number;
    labelSmoothing?: number;
    classWeights?: Array<number>;
}

export type CountLoss = {
    positive?: number;
    negative?: number;
}

export interface CreateOptions extends PageOptions {
    backend?: BackendChoice;
    simd?: string;
    threads?: Threads;
    quiet?: boolean;
    signal?: AbortSignal;
}

export interface CsvOptions extends SignalInfo {
    channels: readonly string[];
    sample?: string;
    label?: string;
    classes?: readonly string[];
    delimiter?: string;
}

export type CurrentEncoding = {
    neurons?: number;
    gain?: number;
    bias?: number;
    timeConstant?: number;
    spread?: number;
    seed?: number;
}

export interface DatasetInfo {
    name: string;
    shape: readonly number[];
    steps?: number;
    sampleRate?: number;
    unit?: string;
    classes?: readonly string[];
    ranges?: readonly Range[];
    testSamples?: number;
    validationSamples?: number;
    isValidationFixed?: boolean;
}

export type Decision = "firstSpike" | "count" | "membrane" | "none";

export type DecisionStep = {
    mean: number;
    median: number;
    min: number;
}

export type Delays = {
    by?: DelaysBy;
    max: number;
    learn?: boolean;
}

export type DelaysBy = "input" | "connection";

export type DeltaEncoding = {
    threshold?: number;
    start?: number;
    maxSpikes?: number;
}

export type Dense = {
    name?: string;
    from?: Sources;
    units: number;
    recurrent?: boolean;
    delays?: Delays;
    inputs?: Array<LayerInput>;
    neuron?: LayerNeuron;
}

export type DenseInput = {
    from: Sources;
    delays?: Delays;
    learn?: boolean;
}

export type DirectEncoding = {
    every?: number;
}

export type Discretization = "euler" | "exact";

export interface DvsGestureOptions {
    dir: string;
    steps?: number;
    stepLength?: number;
    size?: readonly [height: number, width: number];
    onProgress?: (progress: {
        done: number;
        all: number;
    }) => void;
    signal?: AbortSignal;
}

export const ERROR_CODES: readonly ["CONFIG_INVALID", "SHAPE_MISMATCH", "DATA_FORMAT", "CHECKSUM_MISMATCH", "CHECKPOINT_INVALID", "READ_FAILED", "WRITE_FAILED", "FOLDER_IN_USE", "NON_FINITE", "DISPOSED", "BACKEND_UNAVAILABLE", "SIMD_UNSUPPORTED", "DEVICE_UNAVAILABLE", "INTERNAL"];

export type EarlyStopping = {
    patience?: number;
    minImprovement?: number;
    restoreBest?: boolean;
}

export type Ema = {
    decay?: number;
}

export interface EncodeOptions {
    units: number;
    steps: number;
    rows?: Uint32Array;
    backend?: BackendChoice;
}

export type Encoding = {
    "type": "latency";
} & LatencyEncoding | {
    "type": "rate";
} & RateEncoding | {
    "type": "regular";
} & RegularEncoding | {
    "type": "burst";
} & BurstEncoding | {
    "type": "direct";
} & DirectEncoding | {
    "type": "stretch";
} & StretchEncoding | {
    "type": "shiftBack";
} & ShiftBackEncoding | {
    "type": "delta";
} & DeltaEncoding | {
    "type": "levels";
} & LevelsEncoding | {
    "type": "current";
} & CurrentEncoding | {
    "type": "logMel";
} & LogMelEncoding;

export type EndSimulation = "sample" | "batch" | "off";

export type EpochEndEvent = Extract<CoreEvent, {
    type: "epochEnd";
}>;

export type EpochRecord = {
    epoch: number;
    epochs: number;
    learningRate: number;
    train: Metrics;
    validation: Metrics | null;
    bestEpoch: number;
}

export type EpropRule = {
    surrogate?: Surrogate;
    feedback?: Feedback;
    eligibilityFilter?: boolean;
    adaptationPath?: boolean;
}

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface EventArrays {
    offsets: Uint32Array;
    times: Uint16Array;
    units: Uint32Array;
    values?: Float32Array | undefined;
}

export type EventPropRule = {
    adaptationPath?: boolean;
    slopeFloor?: number;
}

export type ExponentialSchedule = {
    factor?: number;
    interval?: ScheduleInterval;
    warmupEpochs?: number;
}

export type ExponentialSurrogate = {
    scale?: number;
    sharpness?: number;
}

export interface ExportedNetwork {
    bytes: OwnBytes;
    approximations: string[];
}

export type FastSigmoidSurrogate = {
    scale?: number;
    sharpness?: number;
}

export type Feedback = "symmetric" | "random";

export interface FileOptions {
    size?: readonly [height: number, width: number];
    colour?: boolean;
    classes?: readonly string[];
    name?: string;
    onProgress?: (progress: {
        done: number;
        all: number;
    }) => void;
    signal?: AbortSignal;
}

export interface FilesOptions extends FileOptions {
    labels?: Labels;
}

export interface FineTuneOptions extends CreateOptions {
    outputs?: number;
    config?: Partial<Omit<Config, "network">>;
}

export type FinishedEvent = Extract<CoreEvent, {
    type: "finished";
}>;

export type FirstSpikeGradient = "none" | "relaxed";

export type FolderSet = ImageSet | CochleaSet;

export type GainMode = "auto" | "manual";

export interface Gains {
    current: PerUnit;
    membrane: PerUnit;
    bias: PerUnit;
}

export type Generator = {
    "type": "yinYang";
} & YinYang | {
    "type": "randman";
} & Randman | {
    "type": "spikeTrainMatching";
} & SpikeTrainMatching;

export interface GradientOptions {
    trace?: boolean;
    outputGradient?: OutputGradient;
}

export interface Gradients {
    loss: number;
    metrics: Metrics;
    layers: LayerParameters[];
    prediction: Prediction;
    trace?: TraceArrays[];
}

export interface IdxArray {
    shape: Uint32Array;
    data: Uint8Array;
}

export interface IdxFolderOptions extends ReadLimit {
    dir: string;
    backend?: BackendChoice;
}

export interface ImageOptions extends TargetOptions {
    pixels?: Uint8Array;
    values?: Float32Array;
    shape: readonly number[];
    name?: string;
}

export interface ImageSet extends Publication {
    (options: IdxFolderOptions): Promise<SpikeDataset>;
    readonly layout: "idx";
}

export interface ImportedNetwork {
    network: NetworkConfig;
    parameters: LayerParameters[];
    approximations: string[];
}

export type InitialActivity = {
    spikesPerUnit: PerLayer;
    samples?: number;
    tolerance?: number;
}

export type InitializationEvent = Extract<CoreEvent, {
    type: "initialization";
}>;

export interface InputParameters {
    weights: Float32Array;
    learnt?: Partial<Record<LearntName, Float32Array>>;
}

export type InputShape = number | [number, number] | [number, number, number];

export interface InputSize {
    inputs: number;
    filters: number;
    kernel?: number[];
}

/** @experimental */
export interface IntegerInput {
    weights: number[];
    delays?: number[];
}

/** @experimental */
export interface IntegerLayer {
    weightShift: number;
    currentShift: number;
    currentDecay: number | number[];
    membraneDecay: number | number[];
    bias: number | number[];
    threshold?: number | number[];
    adaptationDecay?: number | number[];
    adaptationStrength?: number | number[];
    scale?: number | number[];
    membraneScale?: number | number[];
    inputs: IntegerInput[];
}

/** @experimental */
export class IntegerNetwork implements Disposable {
    readonly integers: Integers;
    private constructor();
    predict(samples: SpikeDataset, options?: IntegerPassOptions): Promise<IntegerPrediction>;
    exportModel(): Promise<OwnBytes>;
    dispose(): void;
    [Symbol.dispose](): void;
}

/** @experimental */
export interface IntegerPassOptions {
    signal?: AbortSignal;
    onProgress?: (progress: {
        done: number;
        all: number;
    }) => void;
}

/** @experimental */
export interface IntegerPrediction {
    classes: Int32Array;
    scores: Float64Array;
    membranes?: Int32Array;
    clamped: number;
    layers: SpikeEvents[];
}

/** @experimental */
export interface Integers {
    stateBits: number;
    layers: IntegerLayer[];
}

export type Interpolation = "hold" | "linear";

export type Labels = ArrayLike<number> | readonly string[];

export type LatencyEncoding = {
    first?: number;
    last?: number;
    skipZero?: boolean;
}

export type LatencyLoss = {
    inverseTemperature?: number;
    silentTargetPenalty?: number;
    labelSmoothing?: number;
    classWeights?: Array<number>;
    endSimulation?: EndSimulation;
    spikeGradient?: FirstSpikeGradient;
    horizon?: number;
    targetCount?: TargetCount;
}

export type LayerConfig = {
    "type": "dense";
} & Dense | {
    "type": "conv2d";
} & Convolution | {
    "type": "conv1d";
} & Convolution | {
    "type": "oneToOne";
} & OneToOne | {
    "type": "avgPool2d";
} & Pool | {
    "type": "maxPool2d";
} & Pool | {
    "type": "avgPool1d";
} & Pool | {
    "type": "maxPool1d";
} & Pool | {
    "type": "globalAvgPool";
} & Unadjustable | {
    "type": "flatten";
} & Unadjustable;

export interface LayerInfo extends LayerSize {
    further?: InputSize[];
    plan: LayerPlan[];
}

export type LayerInput = {
    "type": "dense";
} & DenseInput | {
    "type": "conv2d";
} & ConvolutionInput | {
    "type": "conv1d";
} & ConvolutionInput | {
    "type": "oneToOne";
} & OneToOneInput;

export type LayerNeuron = {
    currentDecay?: PerUnit;
    membraneDecay?: PerUnit;
    threshold?: PerUnit;
    adaptationDecay?: PerUnit;
    adaptationStrength?: PerUnit;
    subthresholdCoupling?: PerUnit;
    spikeCoupling?: PerUnit;
    learn?: Array<LearntConstant>;
    gain?: GainMode;
    currentGain?: PerUnit;
    membraneGain?: PerUnit;
    biasGain?: PerUnit;
    type?: NeuronType;
    singleSpike?: boolean;
    refractory?: number;
    reset?: Reset;
    scheme?: AdaptationScheme;
    learningRateFactor?: number;
}

export interface LayerOutline {
    name: string;
    text: string;
    spiking: number | null;
    from: OutlineSource[];
    further: OutlineInput[];
    shape: number[];
    parameters: number;
}

export interface LayerParameters {
    weights: Float32Array;
    biases: Float32Array;
    learnt?: Partial<Record<LearntName, Float32Array>>;
    inputs?: InputParameters[];
}

export interface LayerPlan {
    errors: "loss" | "product" | "rows" | "carried" | "broadcast" | "none";
    times: "loss" | "listed" | "rows" | "none";
    within?: "rows" | "product" | "rowsOfAll";
    cost: string[];
    cheaper?: string[];
}

export interface LayerSize {
    inputs: number;
    units: number;
    filters: number;
    recurrent?: boolean;
    image?: {
        channels: number;
        height: number;
        width: number;
    };
    kernel?: number[];
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

export type Layout = "channelsFirst" | "channelsLast";

export type LearntConstant = "currentDecay" | "membraneDecay" | "threshold" | "adaptationStrength" | "adaptationDecay" | "subthresholdCoupling" | "spikeCoupling";

export type LearntName = LearntConstant | "delays" | "feedback";

export type LevelsEncoding = {
    min?: number;
    max?: number;
    count?: number;
}

export type LogMelEncoding = {
    sampleRate?: number;
    window?: number;
    hop?: number;
    mels?: number;
    minFrequency?: number;
    maxFrequency?: number;
    floor?: number;
    encoding?: ChannelEncoding;
}

export type LossConfig = {
    "type": "count";
} & CountLoss | {
    "type": "countCrossEntropy";
} & CountCrossEntropyLoss | {
    "type": "spikeTrain";
} & SpikeTrainLoss | {
    "type": "latency";
} & LatencyLoss | {
    "type": "membrane";
} & MembraneLoss | {
    "type": "trace";
} & TraceLoss;

export type LossParts = {
    main: number;
    silentTargetPenalty: number;
    targetCount: number;
    rateBounds: number;
    spikePenalty: number;
}

export type MembraneLoss = {
    statistic?: Statistic;
    decayRate?: number;
    inverseTemperature?: number;
    labelSmoothing?: number;
    classWeights?: Array<number>;
}

export type Metrics = {
    samples: number;
    loss: number;
    lossParts: LossParts;
    accuracy: Accuracy;
    spikes: SpikeMetrics;
    silent?: number;
    decisionStep?: DecisionStep;
    silentFraction: Array<number>;
    saturatedFraction: Array<number>;
    firingRate: Array<number>;
    synapticOperations: number;
    synapticOperationsByLayer: Array<number>;
    meanSquaredError?: number;
    rSquared?: number;
    gradientNorm?: number;
}

export type MixtureRule = {
    activationWeight?: PerLayer;
    timingWeight?: PerLayer;
    weightSchedule?: WeightSchedule;
    variant?: ActivationVariant;
    surrogate?: Surrogate;
    resetPath?: ResetPaths;
    adaptationPath?: boolean;
    recurrentPath?: RecurrentPath;
    slopeFloor?: number;
}

export interface ModelOptions {
    weights?: "float32" | "float16" | "int8" | "int4";
}

export class Network implements Disposable {
    get backend(): Backend;
    get config(): ResolvedConfig;
    get info(): NetworkInfo;
    get classes(): readonly string[] | undefined;
    predict(samples: SpikeDataset | RawSample, options?: PassOptions): Promise<Prediction>;
    evaluate(data: SpikeDataset, options?: PassOptions): Promise<Metrics>;
    stream(options?: StreamOptions): Promise<SpikeStream>;
    /** @experimental */
    quantize(options: QuantizeOptions): Promise<IntegerNetwork>;
    /** @experimental */
    integerNetwork(integers: Integers): Promise<IntegerNetwork>;
    gradients(batch: SpikeDataset, options?: GradientOptions): Promise<Gradients>;
    parameters(): Promise<LayerParameters[]>;
    setParameters(layer: number, parameters: LayerParameters): Promise<void>;
    checkpoint(options?: CheckpointOptions): Promise<OwnBytes>;
    exportModel(options?: ModelOptions): Promise<OwnBytes>;
    dispose(): void;
    [Symbol.dispose](): void;
}

export type NetworkConfig = {
    input: InputShape;
    steps?: number;
    neuron?: NeuronConfig;
    layers: Array<LayerConfig>;
}

export interface NetworkInfo {
    simd: string;
    threads: number;
    gains: Gains;
    layerGains: Gains[];
    layers: LayerInfo[];
    version: string;
    finished: boolean;
    epoch: number;
    step: number;
    bestEpoch: number | null;
    origin: string | null;
    trainedOn: TrainedOn | null;
}

export interface NetworkOutline {
    input: number[];
    layers: LayerOutline[];
}

/** @experimental */
export interface NeuroBenchMetrics {
    ParameterCount: number;
    Footprint: number;
    ConnectionSparsity: number;
    ClassificationAccuracy?: number;
    MSE?: number;
    ActivationSparsity: number;
    SynapticOperations: {
        Effective_MACs: number;
        Effective_ACs: number;
    };
}

export type NeuronConfig = {
    currentDecay?: PerUnit;
    membraneDecay?: PerUnit;
    threshold?: PerUnit;
    adaptationDecay?: PerUnit;
    adaptationStrength?: PerUnit;
    subthresholdCoupling?: PerUnit;
    spikeCoupling?: PerUnit;
    learn?: Array<LearntConstant>;
    gain?: GainMode;
    currentGain?: PerUnit;
    membraneGain?: PerUnit;
    biasGain?: PerUnit;
    type?: NeuronType;
    singleSpike?: boolean;
    refractory?: number;
    reset?: Reset;
    scheme?: AdaptationScheme;
    learningRateFactor?: number;
}

export type NeuronType = "lif" | "alif" | "adlif" | "leaky";

export interface NirExportOptions extends NirOptions {
    bias?: "leak" | "affine";
}

export interface NirImportOptions extends NirOptions, ReadLimit {
    steps?: number;
    reset?: Reset;
}

export interface NirOptions {
    dt?: number;
    discretization?: Discretization;
    h5wasm?: H5wasm;
}

export interface NmnistOptions extends AerOptions {
    dir: string;
    limit?: {
        train?: number;
        test?: number;
    };
    onProgress?: (progress: {
        done: number;
        all: number;
    }) => void;
    signal?: AbortSignal;
    backend?: BackendChoice;
}

export interface NpzOptions extends ReadLimit {
    steps: number;
    stepLength?: number;
    shape?: readonly number[];
    name?: string;
    backend?: BackendChoice;
}

export interface NumberArray {
    dtype: string;
    shape: readonly number[];
    values: Numbers;
}

export type Numbers = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

export type OneCycleSchedule = {
    rising?: number;
    initialFactor?: number;
    finalFactor?: number;
    interval?: ScheduleInterval;
    warmupEpochs?: number;
}

export type OneToOne = {
    name?: string;
    from?: Sources;
    by?: OneToOneBy;
    inputs?: Array<LayerInput>;
    neuron?: LayerNeuron;
}

export type OneToOneBy = "unit" | "channel";

export type OneToOneInput = {
    from: Sources;
    by?: OneToOneBy;
    learn?: boolean;
}

export type OptimizerConfig = {
    "type"?: "adam";
} & Adam | {
    "type": "adamW";
} & AdamW | {
    "type": "sgd";
} & Sgd;

export interface OutlineInput {
    text: string;
    from: OutlineSource[];
}

export interface OutlineSource {
    layer: number | null;
    name: string;
    isFeedback: boolean;
}

export type OutputGradient = (prediction: Prediction) => readonly SampleOutputGradient[] | Promise<readonly SampleOutputGradient[]>;

export interface Pace {
    seconds: number;
    samplesPerSecond: number;
}

export interface PackOptions {
    dir: string;
    samplesPerShard?: number;
    testSamples?: number;
    onProgress?: (samples: number) => void;
    signal?: AbortSignal;
}

export interface PackReport {
    samples: number;
    shards: number;
    bytes: number;
}

export type Padding = PaddingName | Sizes;

export type PaddingName = "same" | "valid";

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

export interface PassOptions {
    signal?: AbortSignal;
    earlyDecision?: boolean;
    onProgress?: (progress: {
        done: number;
        all: number;
    }) => void;
}

export type PerLayer = number | Array<number>;

export type PerUnit = number | Array<number>;

export type Pool = {
    name?: string;
    from?: Sources;
    window: Sizes;
    stride?: Sizes;
}

export interface Prediction {
    decision: Decision;
    classes: Int32Array;
    names?: (string | undefined)[];
    probabilities?: Float32Array;
    steps: Uint32Array;
    byCount?: Int32Array;
    byFirstSpike?: Int32Array;
    decisionStep?: Uint32Array;
    scoresByCount?: Uint32Array;
    scoresByFirstSpike?: Uint32Array;
    byMembrane?: Int32Array;
    scoresByMembrane?: Float32Array;
    membranes?: Float32Array;
    layers: SpikeEvents[];
}

export type PresetName = "digits" | "images" | "mnist" | "signals" | "sparse" | "toy";

export type Progress = {
    samples: number;
    loss: number;
    accuracy: Accuracy;
    spikesPerSample: number;
}

export interface Publication {
    readonly about: string;
    readonly published: PublishedSet;
}

export interface PublishedFile {
    name: string;
    md5?: string;
    sha256?: string;
    contentMd5?: string;
    contentsSha256?: string;
    inside?: string;
    bytes?: number;
    unpacksTo?: string;
    urls?: readonly string[];
}

export interface PublishedSet {
    title: string;
    source: string;
    licence: string;
    samples: {
        train: number;
        test: number;
    };
    size: number;
    mirrors: readonly string[];
    files: readonly PublishedFile[];
}

/** @experimental */
export interface QuantizeOptions {
    calibration: SpikeDataset;
    stateBits?: 16 | 32;
    weightBits?: number;
    percentile?: number;
}

export type Randman = {
    classes?: number;
    samplesPerClass?: number;
    units?: number;
    dimensions?: number;
    smoothness?: number;
    spikes?: number;
    steps?: number;
    seed?: number;
}

export type Range = readonly [lowest: number, highest: number];

export type RateBounds = {
    by?: RateBoundsBy;
    lower?: number;
    upper?: number | null;
    strength?: number;
}

export type RateBoundsBy = "layer" | "unit";

export type RateEncoding = {
    max?: number;
    min?: number;
    seed?: number;
    skipZero?: boolean;
}

export type RawSample = ArrayLike<number> | readonly ArrayLike<number>[];

export interface ReadLimit {
    maxBytes?: number;
}

export interface ReadOptions extends ReadLimit {
    backend?: BackendChoice;
}

export interface Reason {
    setting: string;
    why: string;
}

export interface Recommendation {
    config: Config;
    encoding: Encoding;
    reasons: readonly Reason[];
}

export interface RecordingOptions extends TargetOptions {
    recordings: readonly Uint8Array[];
    sensor: readonly [height: number, width: number];
    size?: readonly [height: number, width: number];
    steps: number;
    stepLength: number;
    name?: string;
}

export type RectangleSurrogate = {
    scale?: number;
    halfWidth?: number;
}

export type RecurrentPath = "full" | "ignore";

export type RegularEncoding = {
    minInterval?: number;
    maxInterval?: number;
    first?: number;
    skipZero?: boolean;
}

export type Regularizers = {
    spikePenalty?: number;
    rateBounds?: RateBounds;
}

export type Reset = "all" | "membrane" | "subtract" | "subtractAfterDecay" | "none";

export type ResetPath = "ignore" | "full" | {
    "window": number;
} | {
    "lag": number;
}

export type ResetPaths = {
    activation?: ResetPath;
    timing?: ResetPath;
}

export type ResolvedConfig = Required<Config> & {
    network: Required<NetworkConfig>;
    regularizers: Regularizers & Required<Pick<Regularizers, "spikePenalty">>;
    training: Required<TrainingConfig>;
}

/** @experimental */
export interface RewardLearning {
    decay?: number;
    seed?: number;
}

export type Rounding = "up" | "down";

export type RuleConfig = {
    "type": "activation";
} & ActivationRule | {
    "type": "timing";
} & TimingRule | {
    "type": "antlr";
} & AntlrRule | {
    "type": "mixture";
} & MixtureRule | {
    "type": "eventProp";
} & EventPropRule | {
    "type": "eprop";
} & EpropRule;

export interface RunOptions {
    validation?: SpikeDataset;
    epochs?: number;
    signal?: AbortSignal;
}

export interface RunReport {
    epochs: EpochRecord[];
    warnings: WarningEvent[];
    seconds: number;
}

export type SaccadeCamera = {
    steps?: number;
    size?: number;
    threshold?: number;
    dark?: number;
}

export interface SampleOutputGradient {
    membranes?: ArrayLike<number>;
    spikes?: ArrayLike<number>;
    times?: ArrayLike<number>;
}

export type Sampling = "shuffled" | "byClass";

export type ScheduleConfig = {
    "type": "constant";
} & ConstantSchedule | {
    "type": "step";
} & StepSchedule | {
    "type": "exponential";
} & ExponentialSchedule | {
    "type": "cosine";
} & CosineSchedule | {
    "type": "oneCycle";
} & OneCycleSchedule;

export type ScheduleInterval = "update" | "epoch";

export interface SeriesOptions extends TargetOptions, SignalInfo {
    signals: readonly (readonly ArrayLike<number>[])[];
    layout?: Layout;
}

export type Sgd = {
    learningRate?: number;
    momentum?: number;
    weightDecay?: number;
}

export interface ShardsOptions {
    dir: string;
    verify?: boolean;
}

export interface ShdOptions extends ReadLimit {
    dir: string;
    steps?: number;
    seconds?: number;
    signal?: AbortSignal;
}

export type ShiftBackEncoding = {
    max: number;
    min?: number;
    round?: Rounding;
    skipZero?: boolean;
}

export interface SignalInfo {
    sampleRate?: number;
    unit?: string;
    name?: string;
}

export type SilentRules = "timing" | "all" | "off";

export type SilentUnitUpdate = {
    strength?: number;
    rules?: SilentRules;
    convolutions?: boolean;
}

export type Sizes = number | Array<number>;

export type Sources = string | Array<string>;

export type Speaker = "george" | "jackson" | "lucas" | "nicolas" | "theo" | "yweweler";

export class SpikeDataset {
    readonly info: DatasetInfo;
    readonly encoding: Encoding | undefined;
    get length(): number;
    get isStored(): boolean;
    get labels(): Uint32Array | undefined;
    encode(encoding: Encoding): SpikeDataset;
    withoutEncoding(): SpikeDataset;
    split(options: SplitOptions): Split;
    slice(start?: number, end?: number): SpikeDataset;
    pick(indices: ArrayLike<number>): SpikeDataset;
    classes(classes: Labels): SpikeDataset;
    load(): Promise<SpikeDataset>;
    image(index: number): Float32Array | undefined;
    signal(index: number): Float32Array[] | undefined;
    inputUnits(options?: {
        backend?: BackendChoice;
    }): Promise<number>;
    events(options: {
        steps: number;
        backend?: BackendChoice;
    }): Promise<SpikeEvents>;
}

export class SpikeEvents {
    readonly offsets: Uint32Array;
    readonly times: Uint16Array;
    readonly units: Uint32Array;
    readonly values: Float32Array | undefined;
    constructor(arrays: EventArrays);
    static fromTrains(trains: readonly SpikeTrain[], path?: string): SpikeEvents;
    static fromTriples(triples: readonly (readonly [sample: number, step: number, unit: number, value?: number])[], samples: number): SpikeEvents;
    get length(): number;
    sample(index: number): {
        times: Uint16Array;
        units: Uint32Array;
        values?: Float32Array;
    };
    triples(): Generator<[sample: number, step: number, unit: number]>;
    pick(indices: Uint32Array): SpikeEvents;
    static concat(parts: readonly EventArrays[]): SpikeEvents;
}

export type SpikeMetrics = {
    perSample: number;
    untilDecision: number;
    perUnit: Array<number>;
    untilDecisionPerUnit: Array<number>;
    total: number[];
    untilDecisionTotal: number[];
}

export interface SpikeOptions extends TargetOptions {
    spikes: readonly SpikeTrain[] | SpikeEvents;
    shape?: readonly number[];
    name?: string;
}

export class SpikeStream implements Disposable {
    private constructor();
    run(spikes: SpikeTrain, steps?: number): Promise<StreamAnswer>;
    step(units: ArrayLike<number>): Float32Array;
    /** @experimental */
    learn(spikes: SpikeTrain, targets: readonly StepTarget[]): Promise<StreamAnswer>;
    /** @experimental */
    act(spikes: SpikeTrain, steps?: number, action?: number): Promise<StreamAction>;
    /** @experimental */
    reward(reward: number): Promise<void>;
    /** @experimental */
    parameters(): Promise<LayerParameters[]>;
    /** @experimental */
    save(): Promise<Uint8Array>;
    runSignal(values: Float32Array): Promise<StreamAnswer>;
    restart(): Promise<void>;
    restartDecision(): Promise<void>;
    dispose(): void;
    [Symbol.dispose](): void;
}

export interface SpikeTrain {
    times: ArrayLike<number>;
    units: ArrayLike<number>;
    values?: ArrayLike<number> | undefined;
}

export type SpikeTrainLoss = {
    kernelDecay?: number;
    positive?: Array<number>;
}

export type SpikeTrainMatching = {
    samples?: number;
    inputs?: number;
    outputs?: number;
    steps?: number;
    inputRate?: number;
    targetRate?: number;
    seed?: number;
}

export class SpikeletError extends Error {
    readonly name = "SpikeletError";
    readonly code: ErrorCode;
    readonly path: string;
    readonly reason: string;
    constructor(code: ErrorCode, path: string, reason: string, cause?: unknown);
}

export interface Split {
    train: SpikeDataset;
    validation: SpikeDataset;
    test: SpikeDataset;
}

export interface SplitOptions {
    seed: number;
    train?: number;
    validation?: number;
    test?: number;
}

export interface SpokenDigitsOptions {
    dir: string;
    heldOut?: Speaker;
    validation?: Speaker | "everyone";
    copies?: number;
    signal?: AbortSignal;
}

export interface StartOptions extends CreateOptions {
    parameters?: readonly LayerParameters[];
}

export type Statistic = "mean" | "max" | "last" | "softmaxSum" | "each" | "expMean";

export type StepEvent = Extract<CoreEvent, {
    type: "step";
}>;

export type StepSchedule = {
    every?: number;
    factor?: number;
    interval?: ScheduleInterval;
    warmupEpochs?: number;
}

/** @experimental */
export type StepTarget = number | ArrayLike<number> | undefined;

/** @experimental */
export interface StreamAction extends StreamAnswer {
    action: number;
}

export interface StreamAnswer extends StreamDecision {
    start: number;
    steps: number;
    spikes: {
        times: Uint16Array;
        units: Uint32Array;
    };
    membranes: Float32Array;
    decisions: StreamDecision[];
}

export interface StreamDecision {
    from: number;
    to: number;
    output: number | undefined;
    name?: string;
    counts: Uint32Array;
    byCount: number | undefined;
    byFirstSpike: number | undefined;
    decisionStep: number | undefined;
    byMembrane: number | undefined;
    scoresByMembrane: Float32Array;
}

/** @experimental */
export interface StreamLearning {
    every?: number;
    reward?: RewardLearning;
    learningRate?: number;
}

export interface StreamOptions {
    encoding?: Encoding;
    channels?: number;
    window?: number;
    hop?: number;
    /** @experimental */
    learn?: StreamLearning;
    /** @experimental */
    saved?: Uint8Array;
}

export type StretchEncoding = {
    max: number;
    min?: number;
    round?: Rounding;
    skipZero?: boolean;
}

export type Surrogate = {
    "type": "exponential";
} & ExponentialSurrogate | {
    "type": "fastSigmoid";
} & FastSigmoidSurrogate | {
    "type": "arctan";
} & ArctanSurrogate | {
    "type": "triangle";
} & TriangleSurrogate | {
    "type": "rectangle";
} & RectangleSurrogate | {
    "type": "table";
} & TableSurrogate;

export type SurrogateTable = Extract<Surrogate, {
    type: "table";
}>;

export interface SurrogateTableOptions {
    from?: number;
    to: number;
    step: number;
}

export type Swa = {
    epochs?: number;
}

export interface TableOptions {
    label?: string;
    values?: readonly string[];
    ranges?: readonly Range[];
    classes?: readonly string[];
    delimiter?: string;
    name?: string;
}

export type TableSurrogate = {
    step: number;
    values: Array<number>;
    first?: number;
}

export type TargetCount = {
    weight?: number;
    scope?: TargetCountScope;
    goal?: number;
    positive?: number;
    negative?: number;
}

export type TargetCountScope = "silent" | "all";

export interface TargetOptions {
    labels?: Labels;
    classes?: readonly string[];
    counts?: ArrayLike<number>;
    series?: ArrayLike<number>;
    trains?: readonly SpikeTrain[] | SpikeEvents;
}

export type Tensors = ReadonlyMap<string, NumberArray>;

export type Threads = "auto" | number;

export type TimingRule = {
    resetPath?: ResetPaths;
    adaptationPath?: boolean;
    recurrentPath?: RecurrentPath;
    slopeFloor?: number;
}

export type TraceLoss = {
    stepWeights?: Array<number>;
}

export type TrainEvent = (CoreEvent | WarningEvent) & Pace;

export interface TrainedOn {
    inputs: "events" | "images" | "series";
    shape?: number[];
    channels?: number;
    sampleRate?: number;
    ranges?: [lowest: number, highest: number][];
    encoding?: Encoding;
    classes?: string[];
}

export class Trainer extends Network {
    run(train: SpikeDataset, options?: RunOptions): TrainingRun;
    undelivered(): Promise<TrainEvent[]>;
    history(): Promise<EpochRecord[]>;
    step(batch: SpikeDataset, outputGradient: OutputGradient): Promise<Gradients>;
    applyGradients(gradients: readonly LayerParameters[]): Promise<void>;
}

export type TrainingConfig = {
    batchSize?: number;
    updateEvery?: number | null;
    epochs?: number;
    sampling?: Sampling;
    gradientClip?: number | null;
    gradientNormClip?: number | null;
    learningRateFactor?: PerLayer;
    frozen?: Array<string>;
    earlyStopping?: EarlyStopping | null;
    bestBy?: BestBy | null;
    weightBits?: PerLayer | null;
    averaging?: Averaging | null;
    silentUnitUpdate?: SilentUnitUpdate;
    initialActivity?: InitialActivity | null;
    augmentation?: Augmentation;
    seed?: number;
    threads?: Threads;
}

export class TrainingRun implements AsyncIterable<TrainEvent>, PromiseLike<RunReport> {
    then<T = RunReport, U = never>(done?: ((report: RunReport) => T | PromiseLike<T>) | null, failed?: ((reason: unknown) => U | PromiseLike<U>) | null): Promise<T | U>;
    catch<U = never>(failed?: ((reason: unknown) => U | PromiseLike<U>) | null): Promise<RunReport | U>;
    finally(ended?: (() => void) | null): Promise<RunReport>;
    [Symbol.asyncIterator](): AsyncGenerator<TrainEvent, void, undefined>;
}

export type TriangleSurrogate = {
    scale?: number;
    halfWidth?: number;
}

export type Unadjustable = {
    name?: string;
    from?: Sources;
}

export type ValidationEvent = Extract<CoreEvent, {
    type: "validation";
}>;

export const WARNING_CODES: readonly ["RULE_WITHOUT_GRADIENT", "INITIAL_ACTIVITY", "LATE_INPUT", "SILENT_NETWORK", "SILENT_LAYER", "SILENT_OUTPUT", "SATURATED_LAYER", "VANISHING_SPIKES", "VANISHING_GRADIENT", "EXPLODING_GRADIENT", "FLAT_LOSS", "RISING_LOSS"];

export interface Warning {
    code: WarningCode;
    layer: number | null;
    message: string;
    advice: string;
}

export type WarningCode = (typeof WARNING_CODES)[number];

export interface WarningEvent extends Warning {
    type: "warning";
    epoch: number;
}

export interface WavOptions extends TargetOptions {
    files: readonly Uint8Array[];
    name?: string;
}

export type WeightFormat = "safetensors" | "npz";

export interface WeightOptions extends ReadLimit {
    names?: readonly string[];
    backend?: BackendChoice;
}

export type WeightPoint = {
    epoch: number;
    factor: number;
}

export type WeightSchedule = {
    interpolation?: Interpolation;
    activation?: Array<WeightPoint>;
    timing?: Array<WeightPoint>;
}

export type YinYang = {
    samples?: number;
    seed?: number;
    bias?: boolean;
}

export function checkpointInfo(checkpoint: Uint8Array, options?: CheckpointInfoOptions): Promise<CheckpointInfo>;

export function createNetwork(config: Config, options?: StartOptions): Promise<Network>;

export function createTrainer(config: Config, options?: StartOptions): Promise<Trainer>;

export namespace datasets {
  const emnist: ImageSet;
  const fashionMnist: ImageSet;
  const kmnist: ImageSet;
  const mnist: ImageSet;
  const shd: CochleaSet;
  function delayDetection(options?: DelayDetectionOptions): SpikeDataset;
  function digits(): Promise<SpikeDataset>;
  function dvsGesture(options: DvsGestureOptions): Promise<SpikeDataset>;
  function fromCsv(texts: string | readonly string[], options: CsvOptions): Promise<SpikeDataset>;
  function fromFiles(files: Iterable<Blob>, options?: FilesOptions): Promise<SpikeDataset>;
  function fromFolder(dir: string, options?: FileOptions): Promise<SpikeDataset>;
  function fromImages(options: ImageOptions): SpikeDataset;
  function fromNpz(bytes: Uint8Array, options: NpzOptions): Promise<SpikeDataset>;
  function fromRecordings(options: RecordingOptions): SpikeDataset;
  function fromSeries(options: SeriesOptions): SpikeDataset;
  function fromSpikes(options: SpikeOptions): SpikeDataset;
  function fromTable(content: string, options?: TableOptions): Promise<SpikeDataset>;
  function fromWav(options: WavOptions): SpikeDataset;
  function nmnist(options: NmnistOptions): Promise<SpikeDataset>;
  function packShards(data: SpikeDataset | Iterable<SpikeDataset> | AsyncIterable<SpikeDataset>, options: PackOptions): Promise<PackReport>;
  function randman(options?: Randman & {
      backend?: BackendChoice;
  }): Promise<SpikeDataset>;
  function shards(options: ShardsOptions): Promise<SpikeDataset>;
  function simulatedEvents(images: SpikeDataset, options?: SaccadeCamera & {
      backend?: BackendChoice;
      signal?: AbortSignal;
  }): Promise<SpikeDataset>;
  function spikeTrainMatching(options?: SpikeTrainMatching & {
      backend?: BackendChoice;
  }): Promise<SpikeDataset>;
  function spokenDigits(options: SpokenDigitsOptions): Promise<SpikeDataset>;
  function yinYang(options?: YinYang & {
      backend?: BackendChoice;
  }): Promise<SpikeDataset>;
  interface DelayDetectionOptions {
      classes?: number;
      samplesPerClass?: number;
      gap?: number;
      steps?: number;
      seed?: number;
  }
}

export function decodeAer(bytes: Uint8Array, options?: AerOptions & {
    backend?: BackendChoice;
}): Promise<SpikeEvents>;

export const encode: {
    readonly latency: (options?: LatencyEncoding) => Encoding;
    readonly rate: (options?: RateEncoding) => Encoding;
    readonly regular: (options?: RegularEncoding) => Encoding;
    readonly burst: (options?: BurstEncoding) => Encoding;
    readonly direct: (options?: DirectEncoding) => Encoding;
    readonly stretch: (options: StretchEncoding) => Encoding;
    readonly shiftBack: (options: ShiftBackEncoding) => Encoding;
    readonly delta: (options?: DeltaEncoding) => {
        type: "delta";
    } & DeltaEncoding;
    readonly levels: (options?: LevelsEncoding) => {
        type: "levels";
    } & LevelsEncoding;
    readonly current: (options?: CurrentEncoding) => {
        type: "current";
    } & CurrentEncoding;
    readonly logMel: (options?: LogMelEncoding) => Encoding;
}

export function encodeSpikes(values: Float32Array | Uint8Array, encoding: Encoding, shape: EncodeOptions): Promise<SpikeEvents>;

export function exportNir(network: Network, options?: NirExportOptions): Promise<ExportedNetwork>;

export function exportWeights(from: Network, options: {
    format: WeightFormat;
}): Promise<OwnBytes>;

export function fineTune(checkpoint: Uint8Array, options?: FineTuneOptions): Promise<Trainer>;

export function importNir(bytes: Uint8Array, options?: NirImportOptions): Promise<ImportedNetwork>;

export function importWeights(into: Network, bytes: Uint8Array, options?: WeightOptions): Promise<void>;

export const layers: {
    readonly dense: (options: Dense) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        units: number;
        recurrent?: boolean;
        delays?: import("./generated/config.js").Delays;
        inputs?: Array<import("./generated/config.js").LayerInput>;
        neuron?: import("./generated/config.js").LayerNeuron;
        type: "dense";
    };
    readonly conv2d: (options: Convolution) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        channels: number;
        kernel: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        padding?: import("./generated/config.js").Padding;
        dilation?: import("./generated/config.js").Sizes;
        groups?: number;
        inputs?: Array<import("./generated/config.js").LayerInput>;
        neuron?: import("./generated/config.js").LayerNeuron;
        type: "conv2d";
    };
    readonly conv1d: (options: Convolution) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        channels: number;
        kernel: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        padding?: import("./generated/config.js").Padding;
        dilation?: import("./generated/config.js").Sizes;
        groups?: number;
        inputs?: Array<import("./generated/config.js").LayerInput>;
        neuron?: import("./generated/config.js").LayerNeuron;
        type: "conv1d";
    };
    readonly oneToOne: (options?: OneToOne) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        by?: import("./generated/config.js").OneToOneBy;
        inputs?: Array<import("./generated/config.js").LayerInput>;
        neuron?: import("./generated/config.js").LayerNeuron;
        type: "oneToOne";
    };
    readonly avgPool2d: (options: Pool) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        window: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        type: "avgPool2d";
    };
    readonly maxPool2d: (options: Pool) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        window: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        type: "maxPool2d";
    };
    readonly avgPool1d: (options: Pool) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        window: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        type: "avgPool1d";
    };
    readonly maxPool1d: (options: Pool) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        window: import("./generated/config.js").Sizes;
        stride?: import("./generated/config.js").Sizes;
        type: "maxPool1d";
    };
    readonly globalAvgPool: (options?: Unadjustable) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        type: "globalAvgPool";
    };
    readonly flatten: (options?: Unadjustable) => {
        name?: string;
        from?: import("./generated/config.js").Sources;
        type: "flatten";
    };
}

export function load(file: string): Promise<OwnBytes>;

/** @deprecated */
export function loadBackend(choice?: BackendChoice, page?: PageOptions): Promise<Backend>;

/** @experimental */
export function neuroBench(network: Network, metrics: Metrics): Promise<NeuroBenchMetrics>;

export function outline(network: Network): NetworkOutline;

export function parseIdx(bytes: Uint8Array, options?: ReadOptions): Promise<IdxArray>;

export function parseNpy(bytes: Uint8Array, options?: {
    backend?: BackendChoice;
}): Promise<NumberArray>;

export function parseNpz(bytes: Uint8Array, options?: ReadOptions): Promise<Record<string, NumberArray>>;

export function parseRecording(bytes: Uint8Array): CameraEvents;

export function parseTensors(bytes: Uint8Array, options?: ReadOptions): Promise<Tensors>;

export const presets: Readonly<Record<PresetName, Config>>;

export function recommend(data: SpikeDataset): Promise<Recommendation>;

export function restoreNetwork(checkpoint: Uint8Array, options?: CreateOptions): Promise<Network>;

export function restoreTrainer(checkpoint: Uint8Array, options?: CreateOptions): Promise<Trainer>;

export function save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void>;

export function summary(network: Network): Promise<string>;

export function surrogateTable(derivative: (distance: number) => number, options: SurrogateTableOptions): SurrogateTable;

// Named above, and not exported:

interface H5wasm {
    readonly ready: Promise<unknown>;
    readonly File: unknown;
}

type OwnBytes = ReturnType<Uint8Array["slice"]>;

type TrainEvent = {
    "type": "initialization";
    layer: number;
    layers: number;
    factor: number;
    spikesPerUnit: number;
    target: number;
    isSettled: boolean;
    isReached: boolean;
} | {
    "type": "step";
    epoch: number;
    batch: number;
    batches: number;
    step: number;
    loss: number;
    running: Progress;
} | {
    "type": "validation";
    epoch: number;
    samplesDone: number;
    samples: number;
} | {
    "type": "epochEnd";
} & EpochRecord | {
    "type": "finished";
    epochs: number;
    restoredEpoch?: number;
}
