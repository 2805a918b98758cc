/**
 * The methods of a backend and its sessions, from which the wall, the worker and the WebAssembly backend are made. A method that
 * the contract has and its table lacks does not compile, nor does one whose parameters are others.
 */
import { record } from "../check/fields.js";
import { bytes, type Check, flag, floats, listOf, optional, shorts, text, whole, words } from "../check/values.js";
import type { Backend, Conversion, DatasetArrays, Opening, ParameterArrays, Session, TensorArrays } from "./backend.js";

// biome-ignore lint/suspicious/noExplicitAny: methods of any parameters
export type Method = (...args: any[]) => unknown;

/** `now`: the thread that computes answers immediately; `later`: with a promise, since the call may take long. */
export type Answer = "now" | "later";

/** Name and check of a parameter, and the memory of an argument that the call takes over, if it does. */
export type Parameter<T = unknown> = readonly [name: string, check: Check<T>, takenOver?: (argument: T) => ArrayBuffer[]];

type Described<M> = M extends (...args: infer P) => infer R
  ? readonly [R extends Promise<unknown> ? "later" : "now", ...{ readonly [Place in keyof Required<P>]: Parameter<P[Place]> }]
  : never;

/** Answer and parameters of each method. */
type Table<T, Name extends keyof T> = { readonly [M in Name]: Described<T[M]> };

/** Methods of a type as a thread that computes has them: all of them answer with their value. */
export type Synchronous<T, Name extends keyof T> = {
  readonly [M in Name]: T[M] extends (...args: infer P) => infer R ? (...args: P) => Awaited<R> : never;
};

const index = whole(0, 0xffff_ffff, "SHAPE_MISMATCH");
const count = whole();

const ARRAYS: { readonly [Name in keyof Required<DatasetArrays>]: Check<Required<DatasetArrays>[Name]> } = {
  offsets: words,
  times: shorts,
  units: words,
  pixels: bytes,
  values: floats,
  rows: words,
  labels: words,
  counts: floats,
  series: floats,
  targetOffsets: words,
  targetTimes: shorts,
  targetUnits: words,
};

/** The known arrays in a new object, whose properties no getter of the caller stands behind. */
export const datasetArrays: Check<DatasetArrays> = (value, path) => {
  const given = record(value, path, "DATA_FORMAT");
  const found: [string, ArrayBufferView][] = [];
  for (const [name, check] of Object.entries(ARRAYS)) {
    const array = given[name];
    if (array !== undefined) found.push([name, check(array, name)]);
  }
  return Object.fromEntries(found);
};

const tensorArrays: Check<TensorArrays> = (value, path) => {
  const { name, shape, data } = record(value, path, "DATA_FORMAT");
  return { name: text(name, `${path}.name`), shape: words(shape, `${path}.shape`), data: floats(data, `${path}.data`) };
};

const parameterArrays: Check<ParameterArrays> = (value, path) => {
  const { weights, biases, learnt } = record(value, path, "DATA_FORMAT");
  return {
    weights: floats(weights, `${path}.weights`),
    biases: floats(biases, `${path}.biases`),
    learnt: listOf(tensorArrays)(learnt, `${path}.learnt`),
  };
};

/** The memory of arrays, each once. */
const memoryOf = (arrays: DatasetArrays): ArrayBuffer[] => [...new Set(Object.values(arrays).map(bufferOf))];

/** The memory of those arrays that are not empty. */
const memoryOfEach = (arrays: readonly Uint8Array[]): ArrayBuffer[] => arrays.filter(({ length }) => length > 0).map(bufferOf);

function bufferOf({ buffer }: ArrayBufferView): ArrayBuffer {
  return buffer as ArrayBuffer;
}

export const OPENINGS: Table<Backend, Opening> = {
  createSession: ["later", ["config", text], ["simd", optional(text)], ["threads", optional(text)]],
  restoreSession: ["later", ["checkpoint", bytes], ["simd", optional(text)], ["threads", optional(text)]],
};

export const CONVERSIONS: Table<Backend, Conversion> = {
  parseIdx: ["later", ["bytes", bytes]],
  encode: ["later", ["encoding", text], ["values", floats], ["units", index], ["steps", count], ["rows", optional(words)]],
  encodeSeries: ["later", ["encoding", text], ["values", floats], ["offsets", words], ["channels", index], ["steps", count]],
  seriesUnits: ["later", ["encoding", text], ["channels", index]],
  decodeAer: ["later", ["bytes", bytes], ["options", text], ["ends", optional(words)]],
  parseNpy: ["later", ["bytes", bytes]],
  parseTensors: ["later", ["bytes", bytes]],
  checkpointInfo: ["later", ["bytes", bytes]],
  generate: ["later", ["options", text]],
  simulateEvents: ["later", ["pixels", bytes], ["height", index], ["width", index], ["options", text]],
};

export const SESSION: Table<Session, keyof Session> = {
  config: ["now"],
  info: ["now"],
  dispose: ["now"],
  addDataset: ["later", ["descriptor", text], ["arrays", datasetArrays, memoryOf]],
  removeDataset: ["now", ["dataset", index]],
  prepare: ["later", ["dataset", index], ["arrays", datasetArrays]],
  supply: [
    "later",
    ["dataset", index],
    ["rows", words],
    ["samples", (value, path) => record(value, path, "DATA_FORMAT"), memoryOf],
  ],
  upcoming: ["now", ["skip", count], ["maxBatches", count]],
  upcomingEvaluation: ["now", ["maxSamples", count], ["before", optional(count)]],
  begin: ["now", ["options", text]],
  advance: ["later", ["maxBatches", count]],
  runLocalBatch: ["later", ["rank", count], ["size", count]],
  finishBatch: ["later", ["records", listOf(bytes), memoryOfEach]],
  beginEvaluation: ["now", ["dataset", index], ["earlyDecision", flag]],
  advanceEvaluation: ["later", ["maxSamples", count]],
  predict: ["later", ["dataset", index], ["start", index], ["count", index], ["earlyDecision", flag]],
  openStream: ["now", ["options", text]],
  runStream: ["now", ["stream", index], ["times", shorts], ["units", words], ["steps", count]],
  runStreamSignal: ["now", ["stream", index], ["values", floats]],
  restartStream: ["now", ["stream", index]],
  closeStream: ["now", ["stream", index]],
  gradients: ["later", ["dataset", index], ["start", index], ["count", index], ["trace", flag]],
  applyGradients: ["now", ["layers", listOf(parameterArrays)]],
  parameters: ["now", ["layer", index]],
  setParameters: ["now", ["layer", index], ["parameters", parameterArrays]],
  checkpoint: ["later", ["origin", optional(text)]],
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
