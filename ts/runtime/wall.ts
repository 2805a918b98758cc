/**
 * Checks every argument before it crosses to the compiled core, in the same way for the addon, WebAssembly and a worker: what the
 * glue of a binding would silently convert, or die of, is refused here.
 */
import { record } from "../check/fields.js";
import {
  bytes,
  type Check,
  doubles,
  finite,
  flag,
  floats,
  listOf,
  optional,
  refuse,
  shorts,
  text,
  whole,
  words,
} from "../check/values.js";
import type { Backend, InputArrays, ParameterArrays, PreparedSamples, Session, TensorArrays } from "./backend.js";
import { datasetArrays } from "./dataset-arrays.js";
import {
  type Answer,
  CONVERSIONS,
  type Kind,
  type Kinds,
  type Method,
  methodsOf,
  OPENINGS,
  type Parameter,
  SESSION,
} from "./methods.js";
import { checkVersion } from "./same-version.js";

const tensorArrays: Check<TensorArrays> = (value, path) => {
  const { name, shape, data } = record(value, path, "DATA_FORMAT");
  return { name: text(name, `${path}.name`), shape: words(shape, `${path}.shape`), data: floats(data, `${path}.data`) };
};

const parameterArrays: Check<ParameterArrays> = (value, path) => {
  const { weights, biases, learnt, inputs } = record(value, path, "DATA_FORMAT");
  return {
    weights: floats(weights, `${path}.weights`),
    biases: floats(biases, `${path}.biases`),
    learnt: listOf(tensorArrays)(learnt, `${path}.learnt`),
    inputs: listOf(inputArrays)(inputs, `${path}.inputs`),
  };
};

const inputArrays: Check<InputArrays> = (value, path) => {
  const { weights, learnt } = record(value, path, "DATA_FORMAT");
  return { weights: floats(weights, `${path}.weights`), learnt: listOf(tensorArrays)(learnt, `${path}.learnt`) };
};

const CHECKS: { readonly [K in Kind]: Check<Kinds[K]> } = {
  index: whole(0, 0xffff_ffff, "SHAPE_MISMATCH"),
  count: whole(),
  number: finite,
  flag,
  text,
  bytes,
  shorts,
  words,
  floats,
  doubles,
  parameters: parameterArrays,
  layers: listOf(parameterArrays),
  arrays: datasetArrays,
  samples: (value, path) => record(value, path, "DATA_FORMAT"),
  records: listOf(bytes),
};

function checkOf(kind: Parameter[1]): Check<unknown> {
  return kind.endsWith("?") ? optional<unknown>(CHECKS[kind.slice(0, -1) as Kind]) : CHECKS[kind as Kind];
}

/** Makes a method check its arguments. */
type Guard = (method: Method, answer: Answer, parameters: readonly Parameter[]) => Method;

/**
 * A backend behind the wall.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` for one of another version.
 */
export function walled(backend: Backend): Backend {
  checkVersion(backend.version, "the compiled core");
  const guard: Guard = (method, answer, parameters) => {
    const checks = parameters.map(([name, kind]) => [name, checkOf(kind)] as const);
    const call: Method = (...args) => method(...checks.map(([name, check], place) => check(args[place], name)));
    if (answer === "now") return call;
    return async (...args) => {
      // Memory may be handed over during the wait, so the check comes after it.
      if (backend.beforeCall !== undefined) await backend.beforeCall();
      return call(...args);
    };
  };
  const { createSession, restoreSession } = methodsOf(OPENINGS, guarded(backend, guard));
  return {
    kind: backend.kind,
    simd: backend.simd,
    simdLevels: backend.simdLevels,
    reason: backend.reason,
    version: backend.version,
    get isAlive() {
      return backend.isAlive !== false;
    },
    isElsewhere: backend.isElsewhere === true,
    ...(backend.callMilliseconds === undefined ? {} : { callMilliseconds: backend.callMilliseconds }),
    createSession: async (...args) => walledSession(await createSession(...args), guard),
    restoreSession: async (...args) => walledSession(await restoreSession(...args), guard),
    ...methodsOf(CONVERSIONS, guarded(backend, guard)),
  };
}

function walledSession(session: Session, guard: Guard): Session {
  const methods = methodsOf(SESSION, guarded(session, guard));
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

/** Makes the guarded methods of `target`. */
function guarded<T extends object>(target: T, guard: Guard) {
  return (name: keyof T, answer: Answer, parameters: readonly Parameter[]): Method =>
    guard((target[name] as Method).bind(target), answer, parameters);
}
