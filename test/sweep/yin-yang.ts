/** A training that takes a hundredth of a second. */
export const YIN_YANG = {
  network: {
    input: 5,
    steps: 40,
    neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
    layers: [
      { type: "dense", units: 20 },
      { type: "dense", units: 3 },
    ],
  },
  loss: { type: "latency", inverseTemperature: 0.5, silentTargetPenalty: 0.1 },
  optimizer: { type: "adam", learningRate: 0.01 },
  training: { batchSize: 20, epochs: 2, silentUnitUpdate: { strength: 0.5, rules: "all" } },
  data: {
    dataset: "yinYang",
    options: { samples: 700 },
    encoding: { type: "latency", first: 0, last: 24, skipZero: false },
  },
};
