// import { … } from "spikelet/infer"

export interface Decision {
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

export class InferError extends Error {
    readonly name = "InferError";
    readonly code: InferErrorCode;
    readonly path: string;
    constructor(code: InferErrorCode, path: string, reason: string);
}

export type InferErrorCode = "MODEL_INVALID" | "CONFIG_INVALID" | "SHAPE_MISMATCH" | "DATA_FORMAT";

export class Model {
    readonly inputs: number;
    readonly outputs: number;
    readonly steps: number;
    readonly decision: DecisionKind;
    readonly trainedOn: TrainedOn | undefined;
    get classes(): readonly string[] | undefined;
    predict(spikes: SpikeTrain, { earlyDecision }?: PredictOptions): Prediction;
    stream(): Stream;
}

export interface PredictOptions {
    earlyDecision?: boolean;
}

export interface Prediction extends Decision {
    steps: number;
    firstSpikes: Uint32Array;
    spikes: {
        times: Uint16Array;
        units: Uint32Array;
    };
    membranes: Float32Array;
}

export interface SpikeTrain {
    times: ArrayLike<number>;
    units: ArrayLike<number>;
    values?: ArrayLike<number> | undefined;
}

export class Stream {
    get steps(): number;
    get decision(): Decision;
    get membranes(): Float32Array;
    firedIn(layer: number): readonly number[];
    step(units?: ArrayLike<number>, values?: ArrayLike<number>): readonly number[];
    run(spikes: SpikeTrain, steps?: number): StreamAnswer;
    restart(): void;
    restartDecision(): void;
}

export interface StreamAnswer extends Decision {
    start: number;
    steps: number;
    spikes: {
        times: Uint16Array;
        units: Uint32Array;
    };
    membranes: Float32Array;
}

export interface TrainedOn {
    inputs: "events" | "images" | "series";
    shape?: number[];
    channels?: number;
    sampleRate?: number;
    ranges?: [number, number][];
    encoding?: {
        type: string;
    };
    classes?: string[];
}

export function load(bytes: Uint8Array | ArrayBuffer): Model;

// Named above, and not exported:

type DecisionKind = "none" | "firstSpike" | "count" | "membrane";
