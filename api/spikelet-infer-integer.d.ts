// import { … } from "spikelet/infer/integer"

export class InferError extends Error {
    readonly name = "InferError";
    readonly code: InferErrorCode;
    readonly path: string;
    constructor(code: InferErrorCode, path: string, reason: string);
}

export type InferErrorCode = "MODEL_INVALID" | "CONFIG_INVALID" | "SHAPE_MISMATCH" | "DATA_FORMAT";

export interface IntegerDecision {
    output: number | undefined;
    name?: string;
    scores: Float64Array;
    counts: Uint32Array;
}

export class IntegerModel {
    readonly inputs: number;
    readonly outputs: number;
    readonly steps: number;
    readonly trainedOn: TrainedOn | undefined;
    get classes(): readonly string[] | undefined;
    predict(spikes: SpikeTrain): IntegerPrediction;
    stream(): IntegerStream;
}

export interface IntegerPrediction extends IntegerDecision {
    steps: number;
    spikes: {
        times: Uint16Array;
        units: Uint32Array;
    };
    membranes: Int32Array;
    clamped: number;
}

export class IntegerStream {
    get steps(): number;
    get decision(): IntegerDecision;
    get membranes(): Int32Array;
    get clamped(): number;
    step(units?: ArrayLike<number>): readonly number[];
    restart(): void;
}

export interface SpikeTrain {
    times: ArrayLike<number>;
    units: ArrayLike<number>;
    values?: ArrayLike<number> | undefined;
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

export function load(bytes: Uint8Array | ArrayBuffer): IntegerModel;
