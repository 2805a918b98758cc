// What a page takes of the library that trains on data of its own, evaluates and restores: that is measured.
import { createNetwork, createTrainer, datasets, encode, restoreTrainer, SpikeletError } from "spikelet";
import { loadBackend } from "spikelet/backend";

Object.assign(globalThis, {
  ...{ createNetwork, createTrainer, loadBackend, restoreTrainer, SpikeletError },
  ...{ fromImages: datasets.fromImages, fromSeries: datasets.fromSeries, fromSpikes: datasets.fromSpikes },
  ...{ latency: encode.latency, delta: encode.delta, logMel: encode.logMel },
});
