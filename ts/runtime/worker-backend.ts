import { transfer } from "comlink";
import { SpikeletError } from "../errors.js";
import type {
  Backend,
  Conversion,
  DatasetArrays,
  GradientArrays,
  ParameterArrays,
  PredictionArrays,
  Session,
  StreamArrays,
} from "./backend.js";
import { datasetArrays } from "./wall.js";
import type { Line } from "./worker-line.js";
import type { Description, View } from "./worker-protocol.js";

/** The backend of a worker. */
export interface WorkerBackend extends Backend {
  /** Ends the worker. */
  end(): void;
}

/** The backend at the other end of a line. */
export function workerBackend(line: Line, description: Description, reason: string, end = () => line.end()): WorkerBackend {
  const conversion = <M extends Conversion>(method: M) =>
    ((...args: unknown[]) => line.ask((host) => host.convert(method, args))) as Backend[M];
  const open = async (method: "createSession" | "restoreSession", args: unknown[]): Promise<Session> => {
    let view: View = { config: "", info: "" };
    const id = await line.ask(
      (host) => host.open(method, args),
      (seen) => {
        view = seen;
      },
    );
    return new RemoteSession(line, id, view);
  };
  return {
    ...description,
    kind: "wasm",
    reason,
    get isAlive() {
      return line.isAlive;
    },
    end,
    createSession: (...args) => open("createSession", args),
    restoreSession: (...args) => open("restoreSession", args),
    parseIdx: conversion("parseIdx"),
    encode: conversion("encode"),
    encodeSeries: conversion("encodeSeries"),
    seriesUnits: conversion("seriesUnits"),
    decodeAer: conversion("decodeAer"),
    parseNpy: conversion("parseNpy"),
    parseTensors: conversion("parseTensors"),
    checkpointInfo: conversion("checkpointInfo"),
    generate: conversion("generate"),
    simulateEvents: conversion("simulateEvents"),
  };
}

/** A session of the worker. */
class RemoteSession implements Session {
  readonly #line: Line;
  readonly #id: number;
  #view: View;
  #isDisposed = false;

  constructor(line: Line, id: number, view: View) {
    this.#line = line;
    this.#id = id;
    this.#view = view;
  }

  config(): string {
    this.#check();
    return this.#view.config;
  }

  info(): string {
    this.#check();
    return this.#view.info;
  }

  dispose(): void {
    if (!this.#isDisposed) this.#line.close(this.#id);
    this.#isDisposed = true;
  }

  addDataset(descriptor: string, arrays: DatasetArrays): Promise<number> {
    return this.#send("addDataset", transfer([descriptor, arrays], buffersOf(arrays)));
  }

  async prepare(_: number, arrays: DatasetArrays): Promise<DatasetArrays> {
    return arrays;
  }

  async supply(dataset: number, rows: Uint32Array, samples: DatasetArrays): Promise<void> {
    const arrays = datasetArrays(samples, "samples");
    return this.#send("supply", transfer([dataset, rows, arrays], buffersOf(arrays)));
  }

  upcoming(skip: number, maxBatches: number): Promise<string> {
    return this.#call("upcoming", skip, maxBatches);
  }

  upcomingEvaluation(maxSamples: number, before?: number): Promise<string> {
    return this.#call("upcomingEvaluation", maxSamples, before);
  }

  removeDataset(id: number): Promise<void> {
    return this.#call("removeDataset", id);
  }

  begin(options: string): Promise<void> {
    return this.#call("begin", options);
  }

  advance(maxBatches: number): Promise<string> {
    return this.#call("advance", maxBatches);
  }

  runLocalBatch(rank: number, size: number): Promise<Uint8Array | undefined> {
    return this.#call("runLocalBatch", rank, size);
  }

  finishBatch(records: Uint8Array[]): Promise<string> {
    const taken = records.filter((part) => part.length > 0).map((part) => part.buffer as ArrayBuffer);
    return this.#send("finishBatch", transfer([records], taken));
  }

  beginEvaluation(dataset: number, earlyDecision: boolean): Promise<void> {
    return this.#call("beginEvaluation", dataset, earlyDecision);
  }

  advanceEvaluation(maxSamples: number): Promise<string> {
    return this.#call("advanceEvaluation", maxSamples);
  }

  predict(dataset: number, start: number, count: number, earlyDecision: boolean): Promise<PredictionArrays> {
    return this.#call("predict", dataset, start, count, earlyDecision);
  }

  openStream(options: string): Promise<number> {
    return this.#call("openStream", options);
  }

  runStream(stream: number, times: Uint16Array, units: Uint32Array, steps: number): Promise<StreamArrays> {
    return this.#call("runStream", stream, times, units, steps);
  }

  runStreamSignal(stream: number, values: Float32Array): Promise<StreamArrays> {
    return this.#call("runStreamSignal", stream, values);
  }

  restartStream(stream: number): Promise<void> {
    return this.#call("restartStream", stream);
  }

  closeStream(stream: number): Promise<void> {
    return this.#call("closeStream", stream);
  }

  gradients(dataset: number, start: number, count: number, trace: boolean): Promise<GradientArrays> {
    return this.#call("gradients", dataset, start, count, trace);
  }

  applyGradients(layers: ParameterArrays[]): Promise<void> {
    return this.#call("applyGradients", layers);
  }

  parameters(layer: number): Promise<ParameterArrays> {
    return this.#call("parameters", layer);
  }

  setParameters(layer: number, parameters: ParameterArrays): Promise<void> {
    return this.#call("setParameters", layer, parameters);
  }

  checkpoint(origin?: string): Promise<Uint8Array> {
    return this.#call("checkpoint", origin);
  }

  history(): Promise<string> {
    return this.#call("history");
  }

  #call<T>(method: keyof Session, ...args: unknown[]): Promise<T> {
    return this.#send(method, args);
  }

  async #send<T>(method: keyof Session, args: unknown[]): Promise<T> {
    this.#check();
    const value = await this.#line.ask(
      (host) => host.call(this.#id, method, args),
      (view) => {
        this.#view = view;
      },
    );
    return value as T;
  }

  #check(): void {
    if (this.#isDisposed) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
  }
}

/** The memory of the arrays, each once. */
function buffersOf(arrays: DatasetArrays): ArrayBuffer[] {
  return [...new Set(Object.values(arrays).map((array: ArrayBufferView) => array.buffer as ArrayBuffer))];
}
