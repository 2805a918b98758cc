// The page of the training; addresses of worker and WebAssembly are those of test/browsers/pages.ts.
import { trained } from "./training.mjs";

const FILES = {
  workerUrl: "worker.js",
  wasmUrl: "spikelet.wasm",
  threadsWorkerUrl: "worker-threads.js",
  threadsWasmUrl: "spikelet-threads.wasm",
};

async function train(/** @type {number} */ workers) {
  const { checkpoint, reason } = await trained({ ...FILES, workers });
  return { checkpoint: btoa(Array.from(checkpoint, (byte) => String.fromCharCode(byte)).join("")), reason };
}

Object.assign(globalThis, { train });
document.title = "ready";
