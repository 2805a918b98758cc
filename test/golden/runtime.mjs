// What `spikelet/infer` makes of a network: bit for bit what the library does.
import { load } from "spikelet/infer";

/**
 * Compares predictions of the runtime with those of the library; where the library runs in WebAssembly, so does the runtime too.
 *
 * @param {import("spikelet").Trainer} trainer
 * @param {import("spikelet").SpikeDataset} batch
 * @param {import("spikelet").SpikeEvents} spikes of the samples of the batch
 * @param {import("./compare.mjs").Findings} findings
 */
export async function checkRuntime(trainer, batch, spikes, findings) {
  const file = await trainer.exportModel();
  const models = [{ name: "runtime", model: load(file) }];
  if (trainer.backend.kind === "wasm") {
    const { load: loadFast } = await import("spikelet/infer/wasm");
    models.push({ name: "runtime in WebAssembly", model: loadFast(file, { engine: "wasm" }) });
  }
  const expected = await trainer.predict(batch);
  for (const { name, model } of models) {
    for (let b = 0; b < spikes.length; b++) compare(name, model, expected, [spikes, b], findings);
  }
}

/**
 * @param {string} name
 * @param {import("spikelet/infer").Model} model
 * @param {import("spikelet").Prediction} expected
 * @param {[spikes: import("spikelet").SpikeEvents, sample: number]} sample
 * @param {import("./compare.mjs").Findings} findings
 */
function compare(name, model, expected, [spikes, b], findings) {
  const last = /** @type {import("spikelet").SpikeEvents} */ (expected.layers.at(-1));
  const found = model.predict(spikes.sample(b));
  // Where samples end together, one alone may end before.
  const steps = Math.min(found.steps, expected.steps[b] ?? 0);
  findings.same(`${name}: output spikes of sample ${b}`, before(found.spikes, steps), before(last.sample(b), steps));
  const rows = steps * model.outputs;
  const membranes = expected.membranes?.slice(b * rows, (b + 1) * rows) ?? new Float32Array();
  findings.same(`${name}: membranes of sample ${b}`, bitsOf(found.membranes), bitsOf(membranes));
  const scores = expected.scoresByMembrane?.slice(b * model.outputs, (b + 1) * model.outputs) ?? new Float32Array();
  findings.same(`${name}: statistic of sample ${b}`, bitsOf(found.scoresByMembrane), bitsOf(scores));
}

/**
 * @param {{ times: Uint16Array, units: Uint32Array }} spikes
 * @param {number} steps
 * @returns {[step: number, unit: number][]}
 */
function before({ times, units }, steps) {
  const all = Array.from(times, (time, k) => /** @type {[number, number]} */ ([time, units[k] ?? 0]));
  return all.filter(([time]) => time < steps);
}

/** @param {Float32Array} values */
function bitsOf(values) {
  return Array.from(new Uint32Array(values.slice().buffer));
}
