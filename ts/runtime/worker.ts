/** The module of the worker in which a page computes. */
import { expose, transfer } from "comlink";
import { bareMessage, fromBinding, SpikeletError } from "../errors.js";
import type { Backend, Session } from "./backend.js";
import { loadWasm } from "./wasm.js";
import { wasmUrl as besideThis } from "./wasm-url.js";
import type { Answer, View, WorkerHost } from "./worker-protocol.js";

type Method = (...args: unknown[]) => unknown;

let backend: Backend | undefined;
const sessions = new Map<number, Session>();
let opened = 0;

expose({
  load: (wasmUrl) =>
    answer(async () => {
      backend = await loadWasm(wasmUrl === undefined ? besideThis : new URL(wasmUrl), "");
      const { simd, simdLevels, version } = backend;
      return { simd, simdLevels, version };
    }),
  convert: (method, args) => answer(() => (required(backend)[method] as Method)(...args)),
  async open(method, args) {
    const id = ++opened;
    const open = async () => {
      sessions.set(id, (await (required(backend)[method] as Method)(...args)) as Session);
      return id;
    };
    return answer(open, () => viewOf(id));
  },
  call: (id, method, args) =>
    answer(
      () => (required(sessions.get(id))[method as keyof Session] as Method)(...args),
      () => viewOf(id),
    ),
  async close(id) {
    sessions.get(id)?.dispose();
    sessions.delete(id);
  },
} satisfies WorkerHost);

async function answer<T>(work: () => unknown, view?: () => View): Promise<Answer<T>> {
  try {
    const value = (await work()) as T;
    const whole = { value, view: view?.() };
    return transfer(whole, [...buffersOf(value)]);
  } catch (thrown) {
    const error = fromBinding(thrown);
    return { failure: { code: error.code, path: error.path, message: bareMessage(error) } };
  }
}

function viewOf(id: number): View {
  const session = required(sessions.get(id));
  return { config: session.config(), info: session.info() };
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
