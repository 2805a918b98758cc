// Files of the type `integer`: conversion to whole numbers, and inference with them.
import { datasets, SpikeEvents } from "spikelet";
import { load } from "spikelet/infer/integer";
import { decided, sorted } from "./compare.mjs";
import { trainerOf } from "./network.mjs";
import { scoped } from "./scoped.mjs";

/** The file is converted from doubles, the library's parameters are single floats. */
const ROUNDED = 1e-6;
const CONSTANTS = /** @type {const} */ ([
  "currentDecay",
  "membraneDecay",
  "bias",
  "threshold",
  "adaptationDecay",
  "adaptationStrength",
]);

/**
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {import("./translations.mjs").Translation} translation
 */
export async function checkIntegers(golden, findings, translation) {
  const { batch, input_events: events, calibration_events: calibration = events, conversion } = golden;
  const { stateBits, percentile } = conversion;
  const dataOf = (/** @type {number[][]} */ triples) =>
    datasets.fromSpikes({ spikes: SpikeEvents.fromTriples(/** @type {[number, number, number][]} */ (triples), batch) });
  await scoped(trainerOf(golden, translation), async (trainer) => {
    const options = { calibration: dataOf(calibration), stateBits, percentile };
    await scoped(trainer.quantize(options), async ({ integers }) => checkConversion(golden, findings, integers));
    await scoped(trainer.integerNetwork(integersOf(golden)), async (network) => {
      checkAnswer(golden, findings, await network.predict(dataOf(events)));
      const file = await network.exportModel();
      checkModel(golden, findings, "runtime", load(file));
      if (trainer.backend.kind === "wasm") {
        const { loadIntegers } = await import("spikelet/infer/wasm");
        checkModel(golden, findings, "runtime in WebAssembly", loadIntegers(file, { engine: "wasm" }));
      }
    });
  });
}

/**
 * The whole numbers of a file as the library has them.
 *
 * @param {any} golden
 * @returns {import("spikelet").Integers}
 */
export function integersOf({ integer: { stateBits, layers } }) {
  return {
    stateBits,
    layers: layers.map((/** @type {any} */ { layer: _, inputs, ...constants }) => ({
      ...constants,
      inputs: inputs.map((/** @type {any} */ { W: weights, ...others }) => ({ weights, ...others })),
    })),
  };
}

/**
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {import("spikelet").Integers} found
 */
function checkConversion(golden, findings, found) {
  const expected = integersOf(golden);
  findings.same("stateBits", found.stateBits, expected.stateBits);
  findings.same("layers", found.layers.length, expected.layers.length);
  for (const [k, layer] of expected.layers.entries()) {
    const have = /** @type {import("spikelet").IntegerLayer} */ (found.layers[k]);
    findings.same(`inputs of layer ${k}`, have.inputs, layer.inputs);
    findings.same(`shifts of layer ${k}`, [have.weightShift, have.currentShift], [layer.weightShift, layer.currentShift]);
    for (const name of CONSTANTS) {
      findings.near(`${name} of layer ${k}`, [have[name] ?? []].flat(), [layer[name] ?? []].flat(), ROUNDED);
    }
  }
}

/** @param {any} expected */
function decisionsOf({ membranes, statistic, decision }) {
  const isSilent = (/** @type {number} */ sample) => membranes === undefined && Math.max(...statistic[sample]) === 0;
  return decided(decision, isSilent);
}

/**
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {import("spikelet").IntegerPrediction} found
 */
function checkAnswer({ expected }, findings, found) {
  for (const [k, { events }] of expected.spikes.entries()) {
    findings.same(`spikes of layer ${k}`, [.../** @type {SpikeEvents} */ (found.layers[k]).triples()], sorted(events));
  }
  findings.same("membranes", found.membranes ?? [], expected.membranes ?? []);
  findings.same("statistic", found.scores, expected.statistic.flat());
  findings.same("decision", found.classes, decisionsOf(expected));
  findings.same("clamped", found.clamped, expected.clamped);
}

/**
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {string} name
 * @param {import("spikelet/infer/integer").IntegerModel} model
 */
function checkModel({ batch, input_events: events, expected }, findings, name, model) {
  const samples = SpikeEvents.fromTriples(events, batch);
  const answers = Array.from({ length: batch }, (_, b) => model.predict(samples.sample(b)));
  const spikes = answers.flatMap(({ spikes: { times, units } }, b) =>
    Array.from(times, (step, k) => /** @type {[number, number, number]} */ ([b, step, units[k] ?? 0])),
  );
  if (expected.membranes === undefined) findings.same(`${name}: output spikes`, spikes, sorted(expected.spikes.at(-1).events));
  findings.same(
    `${name}: membranes`,
    answers.flatMap(({ membranes }) => [...membranes]),
    expected.membranes ?? [],
  );
  findings.same(
    `${name}: statistic`,
    answers.flatMap(({ scores }) => [...scores]),
    expected.statistic.flat(),
  );
  findings.same(
    `${name}: decision`,
    answers.map(({ output = -1 }) => output),
    decisionsOf(expected),
  );
  findings.same(
    `${name}: clamped`,
    answers.reduce((sum, { clamped }) => sum + clamped, 0),
    expected.clamped,
  );
}
