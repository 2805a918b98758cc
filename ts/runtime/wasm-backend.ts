import { macrotask } from "#host/runtime/macrotask";
import type * as wasm from "#wasm";
import { fromBinding, SpikeletError } from "../errors.js";
import type { Backend, Conversion, Session } from "./backend.js";
import { CONVERSIONS, type CoreMethod, type Method, methodsOf, type Synchronous, wasmSession } from "./methods.js";
import { Extras, type ExtrasSource } from "./wasm-extras.js";
import { type IntegerMethod, integerMethods, isOfIntegers } from "./wasm-integers.js";

/** The functions that the JavaScript of either module has. */
export type Binding = Omit<typeof wasm, "default" | "initSync">;

/**
 * The one instance of this JavaScript realm.
 *
 * A defect of the core, or memory that ran out, leaves it half-way through a call. It is then dead: that call and every later one
 * fail with `INTERNAL`.
 */
export class Instance {
  #defect: SpikeletError | undefined;

  /** Whether calls can still succeed. */
  get isAlive(): boolean {
    return this.#defect === undefined;
  }

  call<T>(work: () => T): T {
    if (this.#defect !== undefined) {
      const message = "WebAssembly stopped after a defect or for want of memory: load the page or start the process again";
      throw new SpikeletError("INTERNAL", "", message, this.#defect);
    }
    try {
      return work();
    } catch (thrown) {
      const error = thrown instanceof WebAssembly.RuntimeError ? stopped(thrown) : fromBinding(thrown);
      if (error.code === "INTERNAL") this.#defect = error;
      throw error;
    }
  }
}

/** A trap: an allocation that failed, or a panic, of which the module keeps no message. The stack of the trap names the function. */
function stopped(trap: WebAssembly.RuntimeError): SpikeletError {
  const message = `WebAssembly stopped (${trap.message}): memory ran out, or a defect of this library: please report it with the stack of the cause`;
  return new SpikeletError("INTERNAL", "", message, trap);
}

/** The error where the module can't be loaded or is broken. */
export function unavailable(cause: unknown, source?: URL): SpikeletError {
  const what = cause instanceof Error ? cause.message : String(cause);
  const where = source === undefined ? "" : ` from ${source}`;
  return new SpikeletError("BACKEND_UNAVAILABLE", "backend", `the WebAssembly can't be loaded${where} (${what})`, cause);
}

/** Conversions that the second module has. */
const EXTRA = ["decodeAer", "parseNpy", "parseTensors", "simulateEvents"] as const;

type ExtraConversion = (typeof EXTRA)[number];

function isExtra(name: Conversion): name is ExtraConversion {
  return (EXTRA as readonly Conversion[]).includes(name);
}

/** The backend of an instance, through the functions of its module; `source` gets the second one, where it is needed. */
export function backendOf(wasm: Binding, instance: Instance, reason: string, source: ExtrasSource): Backend {
  const later = async <T>(work: () => T): Promise<T> => instance.call(work);
  const extras = new Extras(source, (work) => instance.call(work));
  const conversions: Synchronous<Backend, Exclude<Conversion, ExtraConversion>> = wasm;
  const simdLevels = instance.call(() => wasm.simdLevels());
  const open = (make: () => wasm.WasmSession) => later(() => sessionOf(instance, extras, make()));
  return {
    kind: "wasm",
    simd: simdLevels[0] ?? "fallback",
    simdLevels,
    reason,
    version: instance.call(() => wasm.version()),
    beforeCall: macrotask,
    get isAlive() {
      return instance.isAlive;
    },
    createSession: (...args) => open(() => wasm.WasmSession.create(...args)),
    restoreSession: (...args) => open(() => wasm.WasmSession.restore(...args)),
    ...methodsOf(
      CONVERSIONS,
      (name) =>
        (...args) =>
          isExtra(name) ? extras.call(name, ...args) : later(() => (conversions[name] as Method)(...args)),
    ),
  };
}

function sessionOf(instance: Instance, extras: Extras, raw: wasm.WasmSession): Session {
  let isDisposed = false;
  const call = <T>(work: () => T): T =>
    instance.call(() => {
      if (isDisposed) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
      return work();
    });
  const methods: Synchronous<Session, Exclude<CoreMethod, IntegerMethod>> = raw;
  const integers = integerMethods(raw, call, extras);
  const dispose = () => {
    if (!isDisposed && instance.isAlive) {
      integers.dispose();
      raw.free();
    }
    isDisposed = true;
  };
  return wasmSession(dispose, (name, answer) => {
    if (isOfIntegers(name)) return integers[name];
    return (...args) => {
      const work = () => (methods[name] as Method)(...args);
      return answer === "now" ? call(work) : (async () => call(work))();
    };
  });
}
