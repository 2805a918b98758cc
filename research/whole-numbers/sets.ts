import { join } from "node:path";
import { type Config, datasets, encode, type Split } from "spikelet";

/** A data set, and the network and settings that validation chose for it in another experiment. */
export interface TaskSet {
  load: (dir: string) => Promise<Split>;
  config: Config;
}

const SEED = 1;
const PARTS = { seed: SEED, train: 20_000, validation: 10_000 };
const IMAGE = encode.latency({ first: 0, last: 24 });
const SOUND = encode.logMel({
  window: 256,
  hop: 80,
  mels: 20,
  encoding: encode.delta({ threshold: 0.5, maxSpikes: 5, start: -7 }),
});

/** "cosine" of the experiment `training-settings`. */
const IMAGES: Config = {
  network: {
    input: 784,
    steps: 40,
    neuron: { currentDecay: 0.98, membraneDecay: 0.98, reset: "membrane" },
    layers: [
      { type: "dense", units: 200 },
      { type: "dense", units: 10, neuron: { type: "leaky" } },
    ],
  },
  rule: { type: "antlr" },
  loss: { type: "membrane", statistic: "mean", inverseTemperature: 4 },
  optimizer: { type: "adam", learningRate: 0.002 },
  schedule: { type: "cosine" },
  training: { batchSize: 32, epochs: 12, initialActivity: { spikesPerUnit: [1] } },
};

/** LIF with activation and readout of the experiment `spoken-digits`. */
const SOUNDS: Config = {
  network: {
    input: 40,
    steps: 100,
    neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
    layers: [
      { type: "dense", units: 256 },
      { type: "dense", units: 10, neuron: { type: "leaky" } },
    ],
  },
  rule: { type: "activation", surrogate: { type: "exponential", scale: 1, sharpness: 7.65688 } },
  loss: { type: "membrane", statistic: "mean", inverseTemperature: 3.36858 },
  optimizer: { type: "adam", learningRate: 0.00269272 },
  schedule: { type: "cosine" },
  training: { batchSize: 32, epochs: 8, silentUnitUpdate: { rules: "all", strength: 0 } },
};

/** By name; `dir` has the folders of the data. */
export const SETS: Readonly<Record<string, TaskSet>> = {
  mnist: {
    load: async (dir) => (await datasets.mnist({ dir: join(dir, "mnist") })).encode(IMAGE).split(PARTS),
    config: IMAGES,
  },
  fashionMnist: {
    load: async (dir) => (await datasets.fashionMnist({ dir: join(dir, "fashion-mnist") })).encode(IMAGE).split(PARTS),
    config: IMAGES,
  },
  spokenDigits: {
    load: async (dir) => {
      const options = { dir: join(dir, "spoken-digits"), validation: "everyone", copies: 2 } as const;
      return (await datasets.spokenDigits(options)).encode(SOUND).split({ seed: SEED });
    },
    config: SOUNDS,
  },
};
