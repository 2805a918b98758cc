// The network that e-prop is compared on: one recurrent layer of leaky integrate-and-fire units without a synaptic current, as in
// Bellec et al. (2020), below a leaky readout with the same decay. A spike subtracts the threshold, so that the traces of a
// connection depend on its presynaptic unit alone, which a loop in PyTorch makes use of.
import { datasets } from "../../../dist/index.js";
import { mulberry32 } from "../../../dist/random.js";

export const BATCH = 16;
export const STEPS = 100;
export const DECAY = 0.95;
/** Surrogate derivative, `scale / (1 + (sharpness (V − 1))²)`; larger, gradients through time would grow without bound. */
export const SURROGATE = { scale: 0.3, sharpness: 3 };
/** Part of all input units and steps at which one fires. */
const EVENTS = 0.02;
const SAMPLES = 8 * BATCH;
export const SIZES = ["784-800R-10", "700-256R-20"];
/** Factors on the initial weights: a hidden unit fires about once in the 100 steps (10 Hz at 1 ms), or about 20 times. */
export const WEIGHT_SCALES = { sparse: 2, busy: 3 };

/** Rules of the comparison, by the names under which both sides have them. */
export const RULES = { eprop: "eprop", bptt: "activation" };

/** Inputs, hidden units, outputs. @param {string} size */
export function unitsOf(size) {
  return size.split("-").map((units) => Number.parseInt(units, 10));
}

/** @param {string} size @param {string} rule */
export function configOf(size, rule) {
  const [input, hidden, outputs] = unitsOf(size);
  return /** @type {import("spikelet").Config} */ ({
    network: {
      input,
      steps: STEPS,
      neuron: { currentDecay: 0, membraneDecay: DECAY, reset: "subtract" },
      layers: [
        { type: "dense", units: hidden, recurrent: true },
        { type: "dense", units: outputs, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: rule, surrogate: { type: "arctan", ...SURROGATE } },
    loss: { type: "membrane" },
    training: { threads: 1, batchSize: BATCH, gradientClip: null, seed: 1 },
  });
}

/** Spikes drawn at random, labels in turns. @param {string} size */
export function samplesOf(size) {
  const [inputs, , outputs] = unitsOf(size);
  const draw = mulberry32(1);
  const spikes = Array.from({ length: SAMPLES }, () => {
    const fired = Array.from({ length: STEPS * inputs }, (_, k) => k).filter(() => draw() < EVENTS);
    return { times: fired.map((k) => Math.floor(k / inputs)), units: fired.map((k) => k % inputs) };
  });
  return datasets.fromSpikes({ spikes, labels: spikes.map((_, sample) => sample % outputs) });
}
