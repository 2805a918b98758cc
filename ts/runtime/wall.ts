/**
 * Checks every argument before it crosses to the compiled core, in the same way for the addon, WebAssembly and a worker: what the
 * glue of a binding would silently convert, or die of, is refused here.
 */
import { record } from "../check/fields.js";
import { bytes, type Check, flag, floats, listOf, optional, refuse, shorts, text, whole, words } from "../check/values.js";
import type { Backend, Conversion, DatasetArrays, ParameterArrays, PreparedSamples, Session, TensorArrays } from "./backend.js";
import { checkVersion } from "./same-version.js";

// biome-ignore lint/suspicious/noExplicitAny: methods of any parameters
type Method = (...args: any[]) => unknown;

/** Makes a method check its arguments. */
type Guard = (method: Method, parameters: readonly Parameter[]) => Method;

type Parameter<T = unknown> = readonly [name: string, check: Check<T>];

/** A name and a check for each parameter of a method. */
type ParametersOf<M> = M extends (...args: infer P) => unknown
  ? { readonly [Place in keyof Required<P>]: Parameter<P[Place]> }
  : never;

type Table<T, Name extends keyof T> = { readonly [M in Name]: ParametersOf<T[M]> };

/** Methods of a session that may answer immediately. */
type AtOnce =
  | "config"
  | "info"
  | "dispose"
  | "removeDataset"
  | "upcoming"
  | "upcomingEvaluation"
  | "begin"
  | "beginEvaluation"
  | "openStream"
  | "runStream"
  | "runStreamSignal"
  | "restartStream"
  | "closeStream"
  | "applyGradients"
  | "parameters"
  | "setParameters"
  | "history";

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

const OPEN: Table<Backend, "createSession" | "restoreSession"> = {
  createSession: [
    ["config", text],
    ["simd", optional(text)],
    ["threads", optional(text)],
  ],
  restoreSession: [
    ["checkpoint", bytes],
    ["simd", optional(text)],
    ["threads", optional(text)],
  ],
};

const CONVERSIONS: Table<Backend, Conversion> = {
  parseIdx: [["bytes", bytes]],
  encode: [
    ["encoding", text],
    ["values", floats],
    ["units", index],
    ["steps", count],
    ["rows", optional(words)],
  ],
  encodeSeries: [
    ["encoding", text],
    ["values", floats],
    ["offsets", words],
    ["channels", index],
    ["steps", count],
  ],
  seriesUnits: [
    ["encoding", text],
    ["channels", index],
  ],
  decodeAer: [
    ["bytes", bytes],
    ["options", text],
    ["ends", optional(words)],
  ],
  parseNpy: [["bytes", bytes]],
  parseTensors: [["bytes", bytes]],
  checkpointInfo: [["bytes", bytes]],
  generate: [["options", text]],
  simulateEvents: [
    ["pixels", bytes],
    ["height", index],
    ["width", index],
    ["options", text],
  ],
};

const AT_ONCE: Table<Session, AtOnce> = {
  config: [],
  info: [],
  dispose: [],
  removeDataset: [["dataset", index]],
  upcoming: [
    ["skip", count],
    ["maxBatches", count],
  ],
  upcomingEvaluation: [
    ["maxSamples", count],
    ["before", optional(count)],
  ],
  begin: [["options", text]],
  beginEvaluation: [
    ["dataset", index],
    ["earlyDecision", flag],
  ],
  openStream: [["options", text]],
  runStream: [
    ["stream", index],
    ["times", shorts],
    ["units", words],
    ["steps", count],
  ],
  runStreamSignal: [
    ["stream", index],
    ["values", floats],
  ],
  restartStream: [["stream", index]],
  closeStream: [["stream", index]],
  applyGradients: [["layers", listOf(parameterArrays)]],
  parameters: [["layer", index]],
  setParameters: [
    ["layer", index],
    ["parameters", parameterArrays],
  ],
  history: [],
};

/** All others answer with a promise. */
const LATER: Table<Session, Exclude<keyof Session, AtOnce>> = {
  addDataset: [
    ["descriptor", text],
    ["arrays", datasetArrays],
  ],
  prepare: [
    ["dataset", index],
    ["arrays", datasetArrays],
  ],
  supply: [
    ["dataset", index],
    ["rows", words],
    ["samples", (value, path) => record(value, path, "DATA_FORMAT")],
  ],
  advance: [["maxBatches", count]],
  runLocalBatch: [
    ["rank", count],
    ["size", count],
  ],
  finishBatch: [["records", listOf(bytes)]],
  advanceEvaluation: [["maxSamples", count]],
  predict: [
    ["dataset", index],
    ["start", index],
    ["count", index],
    ["earlyDecision", flag],
  ],
  gradients: [
    ["dataset", index],
    ["start", index],
    ["count", index],
    ["trace", flag],
  ],
  checkpoint: [["origin", optional(text)]],
};

/**
 * A backend behind the wall.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` for one of another version.
 */
export function walled(backend: Backend): Backend {
  checkVersion(backend.version, "the compiled core");
  const later: Guard = (method, parameters) => {
    const call = now(method, parameters);
    return async (...args) => {
      // Memory may be handed over during the wait, so the check comes after it.
      if (backend.beforeCall !== undefined) await backend.beforeCall();
      return call(...args);
    };
  };
  const { createSession, restoreSession } = methodsOf(backend, OPEN, later);
  return {
    kind: backend.kind,
    simd: backend.simd,
    simdLevels: backend.simdLevels,
    reason: backend.reason,
    version: backend.version,
    get isAlive() {
      return backend.isAlive !== false;
    },
    ...(backend.callMilliseconds === undefined ? {} : { callMilliseconds: backend.callMilliseconds }),
    createSession: async (...args) => walledSession(await createSession(...args), later),
    restoreSession: async (...args) => walledSession(await restoreSession(...args), later),
    ...methodsOf(backend, CONVERSIONS, later),
  };
}

function walledSession(session: Session, later: Guard): Session {
  const methods = { ...methodsOf(session, AT_ONCE, now), ...methodsOf(session, LATER, later) };
  /** The data sets of samples that wait to be supplied. */
  const prepared = new WeakMap<PreparedSamples, number>();
  return {
    ...methods,
    async prepare(dataset, arrays) {
      const samples = await methods.prepare(dataset, arrays);
      prepared.set(samples, dataset);
      return samples;
    },
    async supply(dataset, rows, samples) {
      if (prepared.get(samples) !== dataset) {
        refuse("DATA_FORMAT", "samples", `what this session prepared for data set ${dataset} and was not given yet`, samples);
      }
      prepared.delete(samples);
      return methods.supply(dataset, rows, samples);
    },
  };
}

/** The methods of a table, each with its arguments checked. */
function methodsOf<T extends object, Name extends keyof T & string>(
  target: T,
  table: Table<T, Name>,
  guarded: Guard,
): Pick<T, Name> {
  const guard = (name: Name) => guarded((target[name] as Method).bind(target), table[name] as readonly Parameter[]);
  return Object.fromEntries((Object.keys(table) as Name[]).map((name) => [name, guard(name)])) as Pick<T, Name>;
}

function now(method: Method, parameters: readonly Parameter[]): Method {
  return (...args) => method(...parameters.map(([name, check], place) => check(args[place], name)));
}
