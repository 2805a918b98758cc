// What the library computes for the figures to try: one run for each place of a slider.
import { createNetwork, datasets } from "spikelet";

/** One unit's membrane with its value before the reset at a spike, and the steps of its spikes.
 * @typedef {{ membrane: number[], fired: number[] }} Run */

/** @type {import("spikelet").NeuronConfig} */
const NEURON = { gain: "manual", membraneGain: 0.28, membraneDecay: 0.93, currentDecay: 0.8 };

const STEPS = 60;

/** Evenly spaced values. @param {number} first @param {number} last @param {number} step */
function spaced(first, last, step) {
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, k) => rounded(first + k * step));
}

/** @param {number} value */
const rounded = (value) => Math.round(1000 * value) / 1000;

/**
 * Spikes of the inputs, in the order of their steps.
 *
 * @param {readonly (readonly number[])[]} arrivals steps, for each input
 */
function sampleOf(arrivals) {
  const events = arrivals.flatMap((steps, unit) => steps.map((step) => ({ step, unit }))).sort((a, b) => a.step - b.step);
  const spikes = [{ times: events.map(({ step }) => step), units: events.map(({ unit }) => unit) }];
  return datasets.fromSpikes({ spikes, shape: [arrivals.length], labels: [0] });
}

/**
 * Units of a layer, each for itself.
 *
 * @param {import("spikelet").Gradients} gradients of one sample
 * @param {number} layer
 * @returns {Run[]}
 */
function unitsOf({ prediction, trace = [] }, layer) {
  const { membrane = new Float32Array(), steps = 0, units = 0 } = trace[layer] ?? {};
  const { times = [], units: fired = [] } = prediction.layers[layer]?.sample(0) ?? {};
  return Array.from({ length: units }, (_, unit) => ({
    membrane: seriesOf(membrane, steps, units, unit),
    fired: Array.from(times).filter((_, k) => fired[k] === unit),
  }));
}

/** @param {Float32Array} values @param {number} steps @param {number} units @param {number} unit */
function seriesOf(values, steps, units, unit) {
  return Array.from({ length: steps }, (_, step) => rounded(values[step * units + unit] ?? 0));
}

/**
 * Units beside each other that differ in their parameters.
 *
 * @param {readonly (readonly number[])[]} arrivals steps, for each input
 * @param {import("spikelet").NeuronConfig} neuron
 * @param {{ weights: readonly number[], delays?: readonly number[] }} parameters `[unit][input]`
 */
async function unitsWith(arrivals, neuron, { weights, delays }) {
  const units = weights.length / arrivals.length;
  const max = Math.max(0, ...(delays ?? []));
  const layer = /** @type {const} */ ({ type: "dense", units });
  const network = await createNetwork({
    network: {
      input: arrivals.length,
      steps: STEPS,
      neuron: { ...NEURON, ...neuron },
      layers: [delays === undefined ? layer : { ...layer, delays: { by: "connection", learn: true, max } }],
    },
    loss: { type: "latency", endSimulation: "off" },
  });
  const learnt = delays === undefined ? {} : { learnt: { delays: Float32Array.from(delays) } };
  await network.setParameters(0, { weights: Float32Array.from(weights), biases: new Float32Array(units), ...learnt });
  const gradients = await network.gradients(sampleOf(arrivals), { trace: true });
  network.dispose();
  return unitsOf(gradients, 0);
}

/** A unit that gets three spikes, for each weight of its input. */
async function weightRuns() {
  const arrivals = [6, 10, 14];
  const weights = spaced(0.2, 1.6, 0.02);
  return { steps: STEPS, arrivals, weights, runs: await unitsWith([arrivals], {}, { weights }) };
}

const RESETS = /** @type {const} */ (["all", "membrane", "subtract"]);
/** @typedef {(typeof RESETS)[number]} Reset */

/** Input spikes under each of three resets, for each weight. */
async function resetRuns() {
  const arrivals = [2, 5, 8, 11, 26, 30, 33, 36, 39, 42];
  const weights = spaced(0.3, 1.4, 0.05);
  const found = await Promise.all(
    RESETS.map(async (reset) => /** @type {const} */ ([reset, await unitsWith([arrivals], { reset }, { weights })])),
  );
  return { steps: STEPS, arrivals, weights, runs: /** @type {Record<Reset, Run[]>} */ (Object.fromEntries(found)) };
}

/** Two inputs in either order, for each delay of the first. */
async function delayRuns() {
  const orders = /** @type {const} */ ([
    { order: "A, then B", a: 8, b: 26 },
    { order: "B, then A", a: 26, b: 8 },
  ]);
  const delays = spaced(0, 30, 1);
  const parameters = { weights: delays.flatMap(() => [0.62, 0.62]), delays: delays.flatMap((delay) => [delay, 0]) };
  const runs = await Promise.all(orders.map(({ a, b }) => unitsWith([[a], [b]], {}, parameters)));
  return { steps: STEPS, delays, orders: orders.map((order, k) => ({ ...order, runs: runs[k] ?? [] })) };
}

const RULES = /** @type {const} */ (["activation", "timing", "antlr"]);
/** @typedef {(typeof RULES)[number]} Rule */

/** Direct dL/dV of a unit by its two parts, at each step.
 * @typedef {{ activation: number[], timing: number[] }} Parts */

const GRADIENT_STEPS = 40;
/** Step at which the output should fire. */
const WANTED = 21;

/** The three gradients of two hidden units and an output, for each weight from the second input to the second hidden unit. */
async function gradientRuns() {
  const arrivals = [
    [2, 6, 10, 18],
    [3, 9],
  ];
  const weights = spaced(0.4, 1.2, 0.02);
  const sample = sampleOf(arrivals);
  const networks = await Promise.all(
    RULES.map(async (rule) => {
      const network = await createNetwork({
        network: {
          input: 2,
          steps: GRADIENT_STEPS,
          neuron: NEURON,
          layers: [
            { type: "dense", units: 2 },
            { type: "dense", units: 1 },
          ],
        },
        rule: { type: rule },
        loss: { type: "spikeTrain", positive: [WANTED] },
      });
      await network.setParameters(1, { weights: Float32Array.of(0.7, 0.5), biases: new Float32Array(1) });
      return { rule, network };
    }),
  );
  const runs = [];
  for (const weight of weights) {
    /** @type {Partial<Record<Rule, Parts[]>>} */
    const rules = {};
    /** @type {Run[]} */
    let units = [];
    for (const { rule, network } of networks) {
      await network.setParameters(0, { weights: Float32Array.of(0.9, 0, 0, weight), biases: new Float32Array(2) });
      const gradients = await network.gradients(sample, { trace: true });
      units = [...unitsOf(gradients, 1), ...unitsOf(gradients, 0)];
      rules[rule] = [...partsOf(gradients, 1), ...partsOf(gradients, 0)];
    }
    runs.push({ units, rules: /** @type {Record<Rule, Parts[]>} */ (rules) });
  }
  for (const { network } of networks) network.dispose();
  return { steps: GRADIENT_STEPS, wanted: WANTED, arrivals, weights, runs };
}

/** @param {import("spikelet").Gradients} gradients @param {number} layer @returns {Parts[]} */
function partsOf({ trace = [] }, layer) {
  const { activationPart = new Float32Array(), timingPart = new Float32Array(), steps = 0, units = 0 } = trace[layer] ?? {};
  return Array.from({ length: units }, (_, unit) => ({
    activation: seriesOf(activationPart, steps, units, unit),
    timing: seriesOf(timingPart, steps, units, unit),
  }));
}

/** Data of each figure to try, by its name. */
export const RUNS = { weight: weightRuns, flow: gradientRuns, resets: resetRuns, delays: delayRuns };
