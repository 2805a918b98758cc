import type * as wasm from "#wasm";
import { fromBinding, SpikeletError } from "../errors.js";
import type { Backend, Session } from "./backend.js";
import { datasetArrays } from "./wall.js";

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

/** A trap without a panic, which would have told more: usually an allocation that failed. */
function stopped(trap: WebAssembly.RuntimeError): SpikeletError {
  const message = `WebAssembly stopped (${trap.message}): memory ran out, or a defect of this library`;
  return new SpikeletError("INTERNAL", "", message, trap);
}

/** What is thrown when the module can't be had or is broken. */
export function unavailable(cause: unknown, source?: URL): SpikeletError {
  const what = cause instanceof Error ? cause.message : String(cause);
  const where = source === undefined ? "" : ` from ${source}`;
  return new SpikeletError("BACKEND_UNAVAILABLE", "backend", `the WebAssembly can't be loaded${where} (${what})`, cause);
}

/** The backend of an instance, through the functions of its module. */
export function backendOf(wasm: Binding, instance: Instance, reason: string): Backend {
  const later = async <T>(work: () => T): Promise<T> => instance.call(work);
  const simdLevels = instance.call(() => wasm.simdLevels());
  const open = (make: () => wasm.WasmSession) => later(() => sessionOf(instance, later, make()));
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
    parseIdx: (...args) => later(() => wasm.parseIdx(...args)),
    encode: (...args) => later(() => wasm.encode(...args)),
    encodeSeries: (...args) => later(() => wasm.encodeSeries(...args)),
    seriesUnits: (...args) => later(() => wasm.seriesUnits(...args)),
    decodeAer: (...args) => later(() => wasm.decodeAer(...args)),
    parseNpy: (...args) => later(() => wasm.parseNpy(...args)),
    parseTensors: (...args) => later(() => wasm.parseTensors(...args)),
    checkpointInfo: (...args) => later(() => wasm.checkpointInfo(...args)),
    generate: (...args) => later(() => wasm.generate(...args)),
    simulateEvents: (...args) => later(() => wasm.simulateEvents(...args)),
  };
}

function sessionOf(instance: Instance, later: <T>(work: () => T) => Promise<T>, raw: wasm.WasmSession): Session {
  let isDisposed = false;
  const checked = <T>(work: (session: wasm.WasmSession) => T) => {
    return () => {
      if (isDisposed) throw new SpikeletError("DISPOSED", "", "was used after dispose()");
      return work(raw);
    };
  };
  const now = <T>(work: (session: wasm.WasmSession) => T): T => instance.call(checked(work));
  const soon = <T>(work: (session: wasm.WasmSession) => T): Promise<T> => later(checked(work));
  return {
    config: () => now((session) => session.config()),
    info: () => now((session) => session.info()),
    dispose() {
      if (!isDisposed && instance.isAlive) raw.free();
      isDisposed = true;
    },
    addDataset: (descriptor, arrays) => soon((session) => session.addDataset(descriptor, arrays)),
    prepare: async (_, arrays) => arrays,
    supply: (dataset, rows, arrays) => soon((session) => session.supply(dataset, rows, datasetArrays(arrays, "samples"))),
    upcoming: (...args) => now((session) => session.upcoming(...args)),
    upcomingEvaluation: (...args) => now((session) => session.upcomingEvaluation(...args)),
    removeDataset: (id) => now((session) => session.removeDataset(id)),
    begin: (options) => now((session) => session.begin(options)),
    advance: (maxBatches) => soon((session) => session.advance(maxBatches)),
    runLocalBatch: (rank, size) => soon((session) => session.runLocalBatch(rank, size)),
    finishBatch: (records) => soon((session) => session.finishBatch(records)),
    beginEvaluation: (...args) => now((session) => session.beginEvaluation(...args)),
    advanceEvaluation: (maxSamples) => soon((session) => session.advanceEvaluation(maxSamples)),
    predict: (...args) => soon((session) => session.predict(...args)),
    openStream: (options) => now((session) => session.openStream(options)),
    runStream: (...args) => now((session) => session.runStream(...args)),
    runStreamSignal: (...args) => now((session) => session.runStreamSignal(...args)),
    restartStream: (stream) => now((session) => session.restartStream(stream)),
    closeStream: (stream) => now((session) => session.closeStream(stream)),
    gradients: (dataset, start, count, trace) => soon((session) => session.gradients(dataset, start, count, trace)),
    applyGradients: (layers) => now((session) => session.applyGradients(layers)),
    parameters: (layer) => now((session) => session.parameters(layer)),
    setParameters: (layer, parameters) => now((session) => session.setParameters(layer, parameters)),
    checkpoint: (origin) => soon((session) => session.checkpoint(origin)),
    history: () => now((session) => session.history()),
  };
}

/** Resolves after the events and timers that are due: in a page without the 4 ms that nested timeouts are held back for. */
function macrotask(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
