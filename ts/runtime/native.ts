import { isPromise } from "node:util/types";
import type * as Binding from "../../bindings/node/index.js";
import { fromBinding } from "../errors.js";
import type { Backend, Conversion, Session } from "./backend.js";
import type { KernelHost } from "./kernels.js";
import { CONVERSIONS, methodsOf } from "./methods.js";

// Not imported: bundlers would look for the addons that the function requires, and an addon can't be bundled.
const { createRequire } = process.getBuiltinModule("node:module");

/** Exports of the addon. */
type Addon = typeof Binding;

/** Exports of the addon built with the feature `mpi`; its generated declarations lack them. */
interface MpiAddon extends Addon {
  mpiStart(): { rank: number; size: number };
  mpiSources(): string;
  mpiExchange(bytes: Uint8Array): Promise<Uint8Array[]>;
  mpiEnd(): void;
  mpiAbort(code: number): void;
}

/** A session of the addon for MPI. */
interface MpiSession extends Session {
  join(): void;
}

/** MPI as the addon offers it, and sessions that learn every batch with those of the other processes. */
export interface NativeMpi extends Pick<MpiAddon, "mpiStart" | "mpiSources" | "mpiExchange" | "mpiEnd" | "mpiAbort"> {
  backend(reason: string): Backend;
}

/**
 * Loads the Node addon.
 *
 * @throws whatever the loader says when there is no addon for this machine.
 */
export function loadNative(reason: string): Backend {
  const require = createRequire(import.meta.url);
  const addon: Addon = require("../../bindings/node/index.js");
  return backendOf(addon, reason);
}

/**
 * Loads the Node addon that was built for MPI.
 *
 * @throws whatever the loader says when it was not built, or the MPI library is not there.
 */
export function loadNativeMpi(): NativeMpi {
  const require = createRequire(import.meta.url);
  const raw: MpiAddon = require("../../bindings/node/spikelet-mpi.node");
  const addon = translated(raw);
  const joined = async (session: Promise<Session>): Promise<Session> => {
    const made = await session;
    (made as MpiSession).join();
    return made;
  };
  return {
    mpiStart: () => addon.mpiStart(),
    mpiSources: () => addon.mpiSources(),
    mpiExchange: (bytes) => addon.mpiExchange(bytes),
    mpiEnd: () => addon.mpiEnd(),
    mpiAbort: (code) => addon.mpiAbort(code),
    backend: (reason) => {
      const alone = backendOf(raw, reason);
      return {
        ...alone,
        createSession: (...args) => joined(alone.createSession(...args)),
        restoreSession: (...args) => joined(alone.restoreSession(...args)),
      };
    },
  };
}

function backendOf(raw: Addon, reason: string): Backend {
  const addon = translated(raw);
  const sessions = translated(raw.NativeSession);
  const conversions: Pick<Backend, Conversion> = addon;
  const simdLevels = addon.simdLevels();
  return {
    kind: "native",
    simd: simdLevels[0] ?? "fallback",
    simdLevels,
    reason,
    version: addon.version(),
    createSession: async (...args) => translated(await sessions.create(...args)),
    restoreSession: async (...args) => translated(await sessions.restore(...args)),
    ...methodsOf(CONVERSIONS, (name) => conversions[name]),
  };
}

/** Wraps the object of a binding so that everything it throws or rejects with is a `SpikeletError`. */
export function translated<T extends object>(binding: T): T {
  // The target is empty because a proxy has to hand out the fixed properties of its target unchanged.
  return new Proxy(Object.create(null), {
    get(_, name) {
      const member: unknown = Reflect.get(binding, name, binding);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        try {
          const result: unknown = member.apply(binding, args);
          return isPromise(result) ? result.catch(rethrow) : result;
        } catch (thrown) {
          return rethrow(thrown);
        }
      };
    },
  }) as T;
}

function rethrow(thrown: unknown): never {
  throw fromBinding(thrown);
}

/**
 * Kernels in the Node addon.
 *
 * @throws whatever the loader says when there is no addon for this machine.
 */
export function nativeKernels(): KernelHost {
  const require = createRequire(import.meta.url);
  const raw: Addon = require("../../bindings/node/index.js");
  const addon = translated(raw);
  const cases = translated(raw.KernelCase);
  return {
    kind: "native",
    levels: addon.simdLevels(),
    catalogue: JSON.parse(addon.kernelCatalogue()),
    open: (name, values, threads) => {
      const of = translated(cases.open(name, [...values], threads));
      return {
        describe: () => JSON.parse(of.describe()),
        run: (way, times) => of.run(way, times),
        differences: (level) => of.differences(level),
        inputs: () => of.inputs(),
        outputs: () => of.outputs(),
        expected: () => of.expected(),
        dispose: () => undefined,
      };
    },
  };
}
