/**
 * The methods of a backend and its sessions, from which the wall, the worker and the WebAssembly backend are made. A method that
 * the contract has and its table lacks does not compile, nor does one whose parameters are others.
 */
import type { Backend, Conversion, DatasetArrays, Opening, ParameterArrays, PreparedSamples, Session } from "./backend.js";
import { datasetArrays } from "./dataset-arrays.js";

// biome-ignore lint/suspicious/noExplicitAny: methods of any parameters
export type Method = (...args: any[]) => unknown;

/** `now`: the thread that computes answers immediately; `later`: with a promise, since the call may take long. */
export type Answer = "now" | "later";

/** Kinds of arguments. A call takes over the memory of `arrays`, `samples` and `records`, and copies that of all others. */
export interface Kinds {
  /** Number of a layer, sample, data set or stream, or of units. */
  index: number;
  count: number;
  number: number;
  flag: boolean;
  text: string;
  bytes: Uint8Array;
  shorts: Uint16Array;
  words: Uint32Array;
  floats: Float32Array;
  doubles: Float64Array;
  parameters: ParameterArrays;
  layers: ParameterArrays[];
  arrays: DatasetArrays;
  samples: PreparedSamples;
  records: Uint8Array[];
}

export type Kind = keyof Kinds;

/** Name of a parameter, and the kind of its arguments; with `?` where it may be left out. */
export type Parameter = readonly [name: string, kind: Kind | `${Kind}?`];

type KindOf<T> = { [K in Kind]: [T, Kinds[K]] extends [Kinds[K], T] ? K : never }[Kind];

type Described<M> = M extends (...args: infer P) => infer R
  ? readonly [
      R extends Promise<unknown> ? "later" : "now",
      ...{
        readonly [Place in keyof Required<P>]: readonly [
          string,
          undefined extends P[Place] ? `${KindOf<Exclude<P[Place], undefined>>}?` : KindOf<P[Place]>,
        ];
      },
    ]
  : never;

/** Answer and parameters of each method. */
type Table<T, Name extends keyof T> = { readonly [M in Name]: Described<T[M]> };

/** Methods of a type as a thread that computes has them: all of them answer with their value. */
export type Synchronous<T, Name extends keyof T> = {
  readonly [M in Name]: T[M] extends (...args: infer P) => infer R ? (...args: P) => Awaited<R> : never;
};

export const OPENINGS: Table<Backend, Opening> = {
  createSession: ["later", ["config", "text"], ["simd", "text?"], ["threads", "text?"]],
  restoreSession: ["later", ["checkpoint", "bytes"], ["simd", "text?"], ["threads", "text?"]],
};

export const CONVERSIONS: Table<Backend, Conversion> = {
  parseIdx: ["later", ["bytes", "bytes"]],
  encode: ["later", ["encoding", "text"], ["values", "floats"], ["units", "index"], ["steps", "count"], ["rows", "words?"]],
  encodeSeries: [
    "later",
    ["encoding", "text"],
    ["values", "floats"],
    ["offsets", "words"],
    ["channels", "index"],
    ["steps", "count"],
  ],
  seriesUnits: ["later", ["encoding", "text"], ["channels", "index"]],
  decodeAer: ["later", ["bytes", "bytes"], ["options", "text"], ["ends", "words?"]],
  parseNpy: ["later", ["bytes", "bytes"]],
  parseTensors: ["later", ["bytes", "bytes"]],
  checkpointInfo: ["later", ["bytes", "bytes"]],
  generate: ["later", ["options", "text"]],
  simulateEvents: ["later", ["pixels", "bytes"], ["height", "index"], ["width", "index"], ["options", "text"]],
};

export const SESSION: Table<Session, keyof Session> = {
  config: ["now"],
  info: ["now"],
  dispose: ["now"],
  addDataset: ["later", ["descriptor", "text"], ["arrays", "arrays"]],
  removeDataset: ["now", ["dataset", "index"]],
  prepare: ["later", ["dataset", "index"], ["arrays", "arrays"]],
  supply: ["later", ["dataset", "index"], ["rows", "words"], ["samples", "samples"]],
  upcoming: ["now", ["skip", "count"], ["maxBatches", "count"]],
  upcomingEvaluation: ["now", ["maxSamples", "count"], ["before", "count?"]],
  begin: ["now", ["options", "text"]],
  advance: ["later", ["maxBatches", "count"]],
  runLocalBatch: ["later", ["rank", "count"], ["size", "count"]],
  finishBatch: ["later", ["records", "records"]],
  beginEvaluation: ["now", ["dataset", "index"], ["earlyDecision", "flag"]],
  advanceEvaluation: ["later", ["maxSamples", "count"]],
  predict: ["later", ["dataset", "index"], ["start", "index"], ["count", "index"], ["earlyDecision", "flag"]],
  quantize: [
    "later",
    ["dataset", "index"],
    ["start", "index"],
    ["count", "index"],
    ["stateBits", "count"],
    ["weightBits", "count"],
    ["percentile", "number"],
  ],
  openIntegers: ["now", ["integers", "doubles"]],
  predictIntegers: ["later", ["integers", "index"], ["dataset", "index"], ["start", "index"], ["count", "index"]],
  exportIntegers: ["later", ["integers", "index"]],
  closeIntegers: ["now", ["integers", "index"]],
  openStream: ["now", ["options", "text"], ["saved", "bytes?"]],
  runStream: ["now", ["stream", "index"], ["times", "shorts"], ["units", "words"], ["steps", "count"], ["values", "floats?"]],
  stepStream: ["now", ["stream", "index"], ["units", "words"], ["row", "floats"]],
  learnStream: [
    "now",
    ["stream", "index"],
    ["times", "shorts"],
    ["units", "words"],
    ["steps", "count"],
    ["targets", "floats"],
    ["values", "floats?"],
  ],
  rewardStream: ["now", ["stream", "index"], ["reward", "number"]],
  streamParameters: ["now", ["stream", "index"], ["layer", "index"]],
  saveStream: ["later", ["stream", "index"]],
  runStreamSignal: ["now", ["stream", "index"], ["values", "floats"]],
  restartStream: ["now", ["stream", "index"]],
  restartStreamDecision: ["now", ["stream", "index"]],
  closeStream: ["now", ["stream", "index"]],
  outputs: ["later", ["dataset", "index"], ["start", "index"], ["count", "index"]],
  gradients: [
    "later",
    ["dataset", "index"],
    ["start", "index"],
    ["count", "index"],
    ["trace", "flag"],
    ["spikes", "floats?"],
    ["times", "floats?"],
  ],
  applyGradients: ["now", ["layers", "layers"]],
  parameters: ["now", ["layer", "index"]],
  setParameters: ["now", ["layer", "index"], ["parameters", "parameters"]],
  exportModel: ["later", ["weights", "text"]],
  checkpoint: ["later", ["origin", "text?"], ["resumable", "flag?"]],
  history: ["now"],
};

/** Makes every method of a table. */
export function methodsOf<T, Name extends keyof T & string>(
  table: Table<T, Name>,
  make: (name: Name, answer: Answer, parameters: readonly Parameter[]) => Method,
): Pick<T, Name> {
  const entries = Object.entries(table) as [Name, readonly [Answer, ...Parameter[]]][];
  const methods = entries.map(([name, [answer, ...parameters]]) => [name, make(name, answer, parameters)]);
  return Object.fromEntries(methods) as Pick<T, Name>;
}

/** Methods of a session that the core of WebAssembly has. */
export type CoreMethod = Exclude<keyof Session, "dispose" | "prepare">;

/** Makes a session of WebAssembly, where samples need no preparation. */
export function wasmSession(
  dispose: () => void,
  make: (name: CoreMethod, answer: Answer, parameters: readonly Parameter[]) => Method,
): Session {
  const { dispose: _, prepare: __, ...table } = SESSION;
  const methods = methodsOf<Session, CoreMethod>(table, make);
  return {
    ...methods,
    dispose,
    prepare: async (_, arrays) => arrays,
    // The caller may have changed them since they were checked.
    supply: async (dataset, rows, samples) => methods.supply(dataset, rows, datasetArrays(samples, "samples")),
  };
}
