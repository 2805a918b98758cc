// import { … } from "spikelet/infer/encode"

export interface EncodeOptions {
    row?: number;
}

export type Encoding = {
    readonly type: string;
    readonly [option: string]: unknown;
}

export class InferError extends Error {
    readonly name = "InferError";
    readonly code: InferErrorCode;
    readonly path: string;
    constructor(code: InferErrorCode, path: string, reason: string);
}

export type InferErrorCode = "MODEL_INVALID" | "CONFIG_INVALID" | "SHAPE_MISMATCH" | "DATA_FORMAT";

export type RawSample = ArrayLike<number> | readonly ArrayLike<number>[];

export class SignalEncoder {
    readonly units: number;
    constructor(encoding: Encoding, channels?: number);
    restart(): void;
    push(signal: ArrayLike<number> | readonly ArrayLike<number>[]): number[][];
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

export function encode({ trainedOn, steps }: {
    trainedOn: TrainedOn | undefined;
    steps: number;
}, sample: RawSample, { row }?: EncodeOptions): SpikeTrain;
