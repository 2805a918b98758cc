import { transfer } from "comlink";
import { fromBinding, SpikeletError } from "../errors.js";
import type { Backend, Session } from "./backend.js";
import { type Method, OPENINGS } from "./methods.js";
import type { Answer, View, WorkerHost } from "./worker-protocol.js";

/**
 * What a worker answers with. A message that is none of the protocol is refused, and harms nobody; arguments were checked by the
 * page that sends them.
 *
 * @param load gets the WebAssembly, from beside the worker unless told where.
 */
export function workerHost(load: (wasmUrl: URL | undefined, extrasWasmUrl: URL | undefined) => Promise<Backend>): WorkerHost {
  let backend: Backend | undefined;
  const sessions = new Map<number, Session>();
  let opened = 0;

  const viewOf = (id: number): View => {
    const session = required(sessions.get(id));
    return { config: session.config(), info: session.info() };
  };

  return {
    load: (...urls) =>
      answer(async () => {
        const [wasmUrl, extrasWasmUrl] = urls.map((url) => (url === undefined ? undefined : new URL(url)));
        backend = await load(wasmUrl, extrasWasmUrl);
        const { simd, simdLevels, version } = backend;
        return { simd, simdLevels, version };
      }),
    convert: (method, args) => answer(() => called(required(backend), method, args)),
    async open(method, args) {
      const id = ++opened;
      const open = async () => {
        if (!Object.hasOwn(OPENINGS, method)) throw refused(method);
        sessions.set(id, (await called(required(backend), method, args)) as Session);
        return id;
      };
      return answer(open, () => viewOf(id));
    },
    call: (id, method, args) =>
      answer(
        () => called(required(sessions.get(id)), method, args),
        () => viewOf(id),
      ),
    async close(id) {
      sessions.get(id)?.dispose();
      sessions.delete(id);
    },
  };
}

/** The value of `work`, or its failure. */
export async function answer<T>(work: () => unknown, view?: () => View): Promise<Answer<T>> {
  try {
    const value = (await work()) as T;
    const whole = { value, view: view?.() };
    return transfer(whole, [...new Set(buffersOf(value))]);
  } catch (thrown) {
    const error = fromBinding(thrown);
    return { failure: { code: error.code, path: error.path, reason: error.reason } };
  }
}

/** Calls one of the methods of `target`, which are its own properties. */
function called(target: object, method: string, args: unknown[]): unknown {
  const found: unknown = Object.hasOwn(target, method) && (target as Record<string, unknown>)[method];
  if (typeof found !== "function" || !Array.isArray(args)) throw refused(method);
  return (found as Method)(...args);
}

function refused(method: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", "method", `can't be called: ${method}`);
}

function required<T>(thing: T | undefined): T {
  if (thing === undefined) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
  return thing;
}

/** The memory of all arrays in a result, which the worker does not need again. */
function* buffersOf(value: unknown): Generator<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) yield value.buffer as ArrayBuffer;
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) yield* buffersOf(part);
}
