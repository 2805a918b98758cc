// What the tests of shards share: small data sets, folders that are removed after the tests of a file, a network.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, datasets, type SpikeDataset, SpikeEvents } from "spikelet";
import { afterAll, beforeAll } from "vitest";

let root = "";
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "spikelet-shards-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

export const folder = () => join(root, `set-${made++}`);

export const STEPS = 20;
export const INPUTS = 12;

/** Spikes of as many samples, of different lengths and one of them without any. */
export function trains(samples: number, units: number, seed = 1): SpikeEvents {
  return SpikeEvents.fromTrains(
    Array.from({ length: samples }, (_, k) => {
      const count = k === 3 ? 0 : 5 + ((7 * k + seed) % 11);
      const pairs = Array.from(
        { length: count },
        (_, e) => [Math.floor((e * STEPS) / count), (5 * e + k * seed) % units] as const,
      );
      return { times: pairs.map(([time]) => time), units: pairs.map(([, unit]) => unit) };
    }),
  );
}

export const labels = (samples: number, classes = 3) =>
  Uint32Array.from({ length: samples }, (_, k) => (k * 5 + (k >> 2)) % classes);

export function images(samples: number): Uint8Array {
  return Uint8Array.from({ length: samples * INPUTS }, (_, k) => (k * 37 + (k >> 3) * 11) % 256);
}

export function signals(samples: number): Float32Array[][] {
  return Array.from({ length: samples }, (_, k) =>
    [0, 1].map((channel) => Float32Array.from({ length: 15 + (k % 4) }, (_, t) => Math.sin(0.3 * t * (channel + 1) + k))),
  );
}

export async function packed(data: SpikeDataset, samplesPerShard = 7): Promise<SpikeDataset> {
  const dir = folder();
  await datasets.packShards(data, { dir, samplesPerShard });
  return datasets.shards({ dir });
}

export const network = (input: number, layers = [8, 3]): Config["network"] => ({
  input,
  steps: STEPS,
  layers: layers.map((units) => ({ type: "dense", units })),
});

export const config = (more: Partial<Config> = {}): Config => ({
  network: network(INPUTS),
  loss: { type: "count", positive: 5, negative: 1 },
  ...more,
  training: { batchSize: 4, epochs: 3, seed: 5, ...more.training },
});

export const events = (samples = 30) =>
  datasets.fromSpikes({ spikes: trains(samples, INPUTS), labels: labels(samples), shape: [INPUTS] });
