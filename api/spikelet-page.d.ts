// import { … } from "spikelet/page"

export class Camera implements Disposable {
    readonly video: HTMLVideoElement;
    readonly shape: readonly number[];
    image(): Uint8Array;
    images(options?: {
        perSecond?: number;
        signal?: AbortSignal;
    }): AsyncGenerator<Uint8Array, void, void>;
    stop(): void;
    [Symbol.dispose](): void;
}

export interface CameraOptions {
    size?: readonly [height: number, width: number];
    colour?: boolean;
    facing?: "user" | "environment";
    deviceId?: string;
    onEnd?: () => void;
    signal?: AbortSignal;
}

export class DrawingPad implements Disposable {
    readonly side: number;
    constructor(canvas: HTMLCanvasElement, options?: DrawingPadOptions);
    dispose(): void;
    [Symbol.dispose](): void;
    get pixels(): Uint8Array;
    set pixels(pixels: Uint8Array);
    get isDrawing(): boolean;
    get isEmpty(): boolean;
    focus(): void;
    clear(): void;
    light(from: number): void;
}

export interface DrawingPadOptions {
    side?: number;
    reach?: number;
    onDraw?: () => void;
    onSay?: (sentence: string) => void;
}

export class FrameEvents {
    constructor(options?: {
        threshold?: number;
    });
    push(image: Uint8Array): ReturnType<Uint32Array["slice"]>;
}

export interface ImageLayoutOptions {
    size: readonly [height: number, width: number];
    colour?: boolean;
    invert?: boolean;
}

export type ImageSource = Exclude<CanvasImageSource, SVGImageElement>;

export interface Microphone extends Disposable {
    readonly sampleRate: number;
    stop(): void;
}

export interface MicrophoneOptions {
    sampleRate?: number;
    onEnd?: () => void;
    signal?: AbortSignal;
    workletUrl?: string | URL;
}

export class Resampler {
    constructor(from: number, to: number);
    push(piece: Float32Array): Float32Array;
    end(): Float32Array;
}

export interface Sound {
    sampleRate: number;
    channels: Float32Array[];
}

export function centred(drawing: Uint8Array): Uint8Array;

export function imageOf(source: ImageSource, options: ImageLayoutOptions): Uint8Array;

export function openCamera(options?: CameraOptions): Promise<Camera>;

export function openMicrophone(heard: (sound: Float32Array) => void, options?: MicrophoneOptions): Promise<Microphone>;

export function readWav(bytes: Uint8Array): Sound;

export function recordMicrophone(seconds: number, options?: Omit<MicrophoneOptions, "onEnd">): Promise<{
    sound: ReturnType<Float32Array["slice"]>;
    sampleRate: number;
}>;
