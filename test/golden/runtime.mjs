// What `spikelet/infer` makes of a network: bit for bit what the library does.
import { load } from "spikelet/infer";

/**
 * Compares predictions of the runtime with those of the library.
 *
 * @param {import("spikelet").Trainer} trainer
 * @param {import("spikelet").SpikeDataset} batch
 * @param {import("spikelet").SpikeEvents} spikes of the samples of the batch
 * @param {import("./compare.mjs").Findings} findings
 */
export async function checkRuntime(trainer, batch, spikes, findings) {
  const model = load(await trainer.exportModel());
  const expected = await trainer.predict(batch);
  const last = /** @type {import("spikelet").SpikeEvents} */ (expected.layers.at(-1));
  for (let b = 0; b < spikes.length; b++) {
    const found = model.predict(spikes.sample(b));
    // Where samples end together, one alone may end before.
    const steps = Math.min(found.steps, expected.steps[b] ?? 0);
    findings.same(`runtime: output spikes of sample ${b}`, before(found.spikes, steps), before(last.sample(b), steps));
    const rows = steps * model.outputs;
    const membranes = expected.membranes?.slice(b * rows, (b + 1) * rows) ?? new Float32Array();
    findings.same(`runtime: membranes of sample ${b}`, bitsOf(found.membranes), bitsOf(membranes));
    const scores = expected.scoresByMembrane?.slice(b * model.outputs, (b + 1) * model.outputs) ?? new Float32Array();
    findings.same(`runtime: statistic of sample ${b}`, bitsOf(found.scoresByMembrane), bitsOf(scores));
  }
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
