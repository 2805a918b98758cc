import { type Config, datasets, encode, type SpikeDataset } from "spikelet";

/** A small network for the digits. */
export const digitsConfig: Config = {
  network: {
    input: 784,
    steps: 120,
    layers: [
      { type: "dense", units: 60 },
      { type: "dense", units: 10 },
    ],
  },
  training: { batchSize: 16, epochs: 3, seed: 3 },
};

/** A few of the digits, encoded. */
export async function fewDigits(): Promise<{ train: SpikeDataset; validation: SpikeDataset; test: SpikeDataset }> {
  const all = await datasets.digits();
  return all.encode(encode.latency({ first: 0, last: 24 })).split({ seed: 1, train: 800, validation: 100, test: 200 });
}

/** A network and data that take no time at all: the label is the parity of the units that fire. */
export const tinyConfig: Config = {
  network: {
    input: 4,
    steps: 30,
    neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
    layers: [
      { type: "dense", units: 8 },
      { type: "dense", units: 2 },
    ],
  },
  optimizer: { type: "adam", learningRate: 0.02 },
  schedule: { type: "constant" },
  training: { batchSize: 4, epochs: 2 },
};

export function tinyData(samples = 24): SpikeDataset {
  return datasets.fromSpikes({
    spikes: Array.from({ length: samples }, (_, k) => ({
      times: Array.from({ length: 20 }, (_, event) => event >> 1),
      units: Array.from({ length: 20 }, (_, event) => (k % 2) + 2 * (event % 2)),
    })),
    labels: Array.from({ length: samples }, (_, k) => k % 2),
  });
}
