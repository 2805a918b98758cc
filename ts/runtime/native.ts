import { createRequire } from "node:module";
import type { Backend, EventArrays, GeneratedArrays, IdxArray, NpyArray, Session, TensorArrays } from "./backend.js";
import { translated } from "./translate.js";

/** What the addon exports. */
interface Addon {
  NativeSession: {
    create(config: string, simd?: string): Promise<Session>;
    restore(checkpoint: Uint8Array, simd?: string, threads?: string): Promise<Session>;
  };
  parseIdx(bytes: Uint8Array): Promise<IdxArray>;
  encode(encoding: string, values: Float32Array, units: number, steps: number, rows?: Uint32Array): Promise<EventArrays>;
  decodeAer(bytes: Uint8Array, options: string, ends?: Uint32Array): Promise<EventArrays>;
  parseNpy(bytes: Uint8Array): Promise<NpyArray>;
  parseTensors(bytes: Uint8Array): Promise<TensorArrays[]>;
  generate(options: string): Promise<GeneratedArrays>;
  simulateEvents(pixels: Uint8Array, height: number, width: number, options: string): Promise<EventArrays>;
  simdLevels(): string[];
  version(): string;
}

/** What the addon exports that was built with the feature `mpi`. */
interface MpiAddon extends Addon {
  mpiStart(): { rank: number; size: number };
  mpiExchange(bytes: Uint8Array): Promise<Uint8Array[]>;
  mpiEnd(): void;
  mpiAbort(code: number): void;
}

/** A session of the addon for MPI. */
interface MpiSession extends Session {
  join(): void;
}

/** MPI as the addon offers it, and sessions that learn every batch with those of the other processes. */
export interface NativeMpi extends Pick<MpiAddon, "mpiStart" | "mpiExchange" | "mpiEnd" | "mpiAbort"> {
  backend(reason: string): Backend;
}

/**
 * Loads the Node addon.
 *
 * @throws whatever the loader says when there is no addon for this machine.
 */
export function loadNative(reason: string): Backend {
  const require = createRequire(import.meta.url);
  return backendOf(require("../../bindings/node/index.js") as Addon, reason);
}

/**
 * Loads the Node addon that was built for MPI.
 *
 * @throws whatever the loader says when it was not built, or the MPI library is not there.
 */
export function loadNativeMpi(): NativeMpi {
  const require = createRequire(import.meta.url);
  const raw = require("../../bindings/node/spikelet-mpi.node") as MpiAddon;
  const addon = translated<MpiAddon>(raw);
  const joined = async (session: Promise<Session>): Promise<Session> => {
    const made = await session;
    (made as MpiSession).join();
    return made;
  };
  return {
    mpiStart: () => addon.mpiStart(),
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
  const addon = translated<Addon>(raw);
  const sessions = translated<Addon["NativeSession"]>(raw.NativeSession);
  const simdLevels = addon.simdLevels();
  return {
    kind: "native",
    simd: simdLevels[0] ?? "fallback",
    simdLevels,
    reason,
    version: addon.version(),
    createSession: async (config, simd) => translated<Session>(await sessions.create(config, simd)),
    restoreSession: async (...args) => translated<Session>(await sessions.restore(...args)),
    parseIdx: (bytes) => addon.parseIdx(bytes),
    encode: (encoding, values, units, steps, rows) => addon.encode(encoding, values, units, steps, rows),
    decodeAer: (bytes, options, ends) => addon.decodeAer(bytes, options, ends),
    parseNpy: (bytes) => addon.parseNpy(bytes),
    parseTensors: (bytes) => addon.parseTensors(bytes),
    generate: (options) => addon.generate(options),
    simulateEvents: (pixels, height, width, options) => addon.simulateEvents(pixels, height, width, options),
  };
}
