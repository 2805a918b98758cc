// What trainings come to, byte for byte: in Node, in WebAssembly, in a browser, in one piece or stopped on the way.
import { ARITHMETIC, createTrainer, restoreTrainer } from "spikelet";
import { RUNS } from "./runs.mjs";

/**
 * What trainings come to: the number of the arithmetic, updates, the bytes that were compared, their SHA-256, and the beginning of that
 * of each run.
 *
 * @typedef {{ arithmetic: number, steps: number, length: number, hash: string, runs: Record<string, string> }} Digest
 */

/**
 * Trains each run and looks at what came out: every parameter, every loss and every count of spikes.
 *
 * @param {import("spikelet").CreateOptions & { threads?: number, stopEvery?: number, without?: readonly string[] }} [options] `stopEvery`:
 * updates after which the run is stopped, saved and gone on with by another trainer; `without`: runs that are left out
 * @returns {Promise<Digest>}
 */
export async function trainingDigest({ threads = 1, stopEvery, without = [], ...options } = {}) {
  let steps = 0;
  const parts = [];
  /** @type {Record<string, string>} */
  const runs = {};
  for (const [name, make] of Object.entries(RUNS)) {
    if (without.includes(name)) continue;
    const { config, ...data } = make();
    const withThreads = { ...config, training: { ...config.training, threads } };
    const { told, parameters } = await trained(withThreads, data, stopEvery, options);
    const text = JSON.stringify(told.map((event) => values(compared(event, config.network.steps ?? 0))));
    const bytes = await new Blob([new TextEncoder().encode(text), ...parameters]).arrayBuffer();
    steps += told.filter(({ type }) => type === "step").length;
    parts.push(bytes);
    runs[name] = (await sha256(bytes)).slice(0, 16);
  }
  const bytes = await new Blob(parts).arrayBuffer();
  return { arithmetic: ARITHMETIC, steps, length: bytes.byteLength, hash: await sha256(bytes), runs };
}

/**
 * @param {import("spikelet").Config} config
 * @param {Omit<import("./runs.mjs").Run, "config">} data
 * @param {number | undefined} stopEvery
 * @param {import("spikelet").CreateOptions} options
 */
async function trained(config, { train, validation }, stopEvery, options) {
  const told = [];
  let trainer = await createTrainer(config, options);
  try {
    while (!trainer.info.finished) {
      let steps = 0;
      for await (const event of trainer.run(train, validation ? { validation } : {})) {
        told.push(event);
        if (event.type === "step" && ++steps === stopEvery) break;
      }
      told.push(...(await trainer.undelivered()));
      if (stopEvery === undefined) continue;
      const checkpoint = await trainer.checkpoint();
      trainer.dispose();
      trainer = await restoreTrainer(checkpoint, options);
    }
    const parameters = (await trainer.parameters()).flatMap(({ weights, biases }) =>
      [weights, biases].map((array) => new Float32Array(array)),
    );
    return { told: told.filter(({ type }) => type !== "warning"), parameters };
  } finally {
    trainer.dispose();
  }
}

/**
 * What a value holds, in order, without the names of its fields: these may change, the bits may not.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function values(value) {
  return typeof value === "object" && value !== null ? Object.values(value).map(values) : value;
}

/**
 * The numbers of an event that are compared: neither times nor what follows from the others, as accuracies and silent samples do from
 * spikes and the rules of decisions. So the digest says the same of the same bits, whatever events tell besides.
 *
 * @param {any} event
 * @param {number} steps of the network
 */
function compared({ seconds, samplesPerSecond, bestEpoch, ...event }, steps) {
  for (const part of ["running", "train", "validation"]) if (event[part]) event[part] = everyMeasure(event[part], steps);
  return event;
}

/**
 * @param {any} metrics
 * @param {number} steps
 */
function everyMeasure(
  { samples, loss, lossParts, accuracy, silent, spikes, lateInput, synapticOperationsByLayer, ...rest },
  steps,
) {
  if (lossParts === undefined) return { samples, loss, ...rest };
  const { decisionStep = { mean: steps, median: steps, min: steps }, ...others } = rest;
  return { samples, loss, lossParts, spikes, decisionStep, ...others };
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
