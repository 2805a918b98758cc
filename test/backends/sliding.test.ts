import { type Config, createTrainer, datasets, type LayerConfig, restoreTrainer } from "spikelet";
import { spikeRaster, weightMaps } from "spikelet/plot";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const STEPS = 60;

interface Slid {
  input: [number, number] | [number, number, number];
  layers: LayerConfig[];
  /** Channels that a unit of the first layer sees, and its kernel. */
  kernel: number[];
}

/** Kernels and windows of every kind, each with three outputs. */
const NETWORKS: Record<string, Slid> = {
  "a sequence with a stride and groups": {
    input: [2, 20],
    kernel: [1, 1, 5],
    layers: [
      { type: "conv1d", channels: 6, kernel: 5, stride: 2, padding: "valid", groups: 2 },
      { type: "avgPool1d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 3 },
    ],
  },
  "a depthwise convolution, overlapping windows and a global average": {
    input: [2, 6, 6],
    kernel: [1, 2, 3],
    layers: [
      { type: "conv2d", channels: 4, kernel: [2, 3], padding: 1, groups: 2, neuron: { type: "adlif" } },
      { type: "maxPool2d", window: 3, stride: 2 },
      { type: "globalAvgPool" },
      { type: "dense", units: 3 },
    ],
  },
  "a dilated convolution, and one as the last layer": {
    input: [2, 6, 6],
    kernel: [2, 2, 2],
    layers: [
      { type: "conv2d", channels: 4, kernel: 2, stride: 2, padding: 1, dilation: 2 },
      { type: "conv2d", channels: 3, kernel: 3, padding: "valid" },
      { type: "flatten" },
    ],
  },
};

function configOf({ input, layers }: Slid): Config {
  return {
    network: { input, steps: STEPS, layers, neuron: { threshold: 0.3, membraneDecay: 0.9, currentDecay: 0.7, currentGain: 1 } },
    loss: { type: "latency", endSimulation: "off" },
    schedule: { type: "constant" },
    training: { seed: 3, epochs: 2, batchSize: 2, threads: 1 },
  };
}

/** Three spikes a step. */
function spikesOf({ input }: Slid, sample: number) {
  const units = input.reduce((product, size) => product * size, 1);
  const times = Array.from({ length: 3 * STEPS }, (_, k) => Math.floor(k / 3));
  return { times, units: times.map((_, k) => (k * k + 7 * sample) % units) };
}

describe.each(BACKENDS)("on %s", (backend) => {
  it.each(Object.entries(NETWORKS))("%s streams, is drawn and goes on from a checkpoint", async (_, of) => {
    const data = datasets.fromSpikes({ spikes: [0, 1, 2, 3].map((sample) => spikesOf(of, sample)), labels: [0, 1, 2, 0] });
    using trainer = await createTrainer(configOf(of), { backend });
    await trainer.run(data, { epochs: 1 });
    const prediction = await trainer.predict(data.slice(0, 1));
    const expected = [...(prediction.layers.at(-1)?.triples() ?? [])].map(([, step, unit]) => [step, unit]);
    expect(expected.length).toBeGreaterThan(0);

    const { times, units } = spikesOf(of, 0);
    for (const chunk of [1, 7]) {
      using stream = await trainer.stream();
      const heard: number[][] = [];
      for (let from = 0; from < STEPS; from += chunk) {
        const to = Math.min(from + chunk, STEPS);
        const part = { times: times.slice(3 * from, 3 * to).map((time) => time - from), units: units.slice(3 * from, 3 * to) };
        const { start, spikes } = await stream.run(part, to - from);
        heard.push(...Array.from(spikes.times, (time, k) => [start + time, spikes.units[k] ?? 0]));
      }
      expect(heard).toEqual(expected);
    }

    expect(spikeRaster(prediction)).toContain("<svg");
    const [first] = await trainer.parameters();
    expect(first === undefined ? "" : weightMaps(first, { shape: of.kernel })).toContain("<svg");

    using resumed = await restoreTrainer(await trainer.checkpoint(), { backend });
    using whole = await createTrainer(configOf(of), { backend });
    await Promise.all([whole.run(data), resumed.run(data, { epochs: 2 })]);
    expect(await resumed.parameters()).toEqual(await whole.parameters());
    expect(await resumed.parameters()).not.toEqual(await trainer.parameters());
  });
});
