// What both sides learn: the same spikes, network, loss and optimiser, from the same initial weights.
import { encode } from "../../dist/index.js";

export const STEPS = 100;
const MELS = 20;

/** As in the experiment spoken-digits. */
export const SOUND = encode.logMel({
  window: 256,
  hop: 80,
  mels: MELS,
  encoding: encode.delta({ threshold: 0.5, maxSpikes: 5, start: -7 }),
});

/** Settings of the feed-forward network with the activation rule and a readout, as the search of spoken-digits chose them. */
export const CHOSEN = { learningRate: 0.00269272, membraneDecay: 0.9, inverseTemperature: 3.36858, sharpness: 7.65688 };

/** @param {{ seed: number, epochs: number }} how @returns {import("spikelet").Config} */
export function configOf({ seed, epochs }) {
  const { learningRate, membraneDecay, inverseTemperature, sharpness } = CHOSEN;
  return {
    network: {
      input: 2 * MELS,
      steps: STEPS,
      layers: [
        { type: "dense", units: 256 },
        { type: "dense", units: 10, neuron: { type: "leaky" } },
      ],
      neuron: { membraneDecay, currentDecay: 0.8, reset: "subtract" },
    },
    rule: { type: "activation", surrogate: { type: "fastSigmoid", sharpness } },
    loss: { type: "membrane", statistic: "mean", inverseTemperature },
    optimizer: { type: "adam", learningRate },
    schedule: { type: "cosine" },
    training: {
      batchSize: 32,
      epochs,
      seed,
      threads: 1,
      gradientClip: null,
      silentUnitUpdate: { rules: "off" },
      // snnTorch's layers would put them into the current, ours put them into the membrane.
      frozen: ["layers.0.biases", "layers.1.biases"],
    },
  };
}
