/**
 * Checks every argument before it crosses to the compiled core, in the same way for the addon, WebAssembly and a worker: what the
 * glue of a binding would silently convert, or die of, is refused here.
 */
import { refuse } from "../check/values.js";
import type { Backend, PreparedSamples, Session } from "./backend.js";
import { type Answer, CONVERSIONS, type Method, methodsOf, OPENINGS, type Parameter, SESSION } from "./methods.js";
import { checkVersion } from "./same-version.js";

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
    const call: Method = (...args) => method(...parameters.map(([name, check], place) => check(args[place], name)));
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
