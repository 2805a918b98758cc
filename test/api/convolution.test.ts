import { type Config, createNetwork, createTrainer, datasets, restoreTrainer, SpikeEvents } from "spikelet";
import { describe, expect, it } from "vitest";

const network: Config["network"] = {
  input: [1, 6, 6],
  steps: 30,
  neuron: { currentDecay: 0.9, membraneDecay: 0.9 },
  layers: [
    { type: "conv2d", channels: 4, kernel: 3 },
    { type: "maxPool2d", window: 2 },
    { type: "conv2d", channels: 6, kernel: 3 },
    { type: "avgPool2d", window: 3 },
    { type: "flatten" },
    { type: "dense", units: 2 },
  ],
};

/** Bars: upright for class 0, lying for class 1, each row or column of pixels at its step. */
function bars(samples: number) {
  const triples = [];
  for (let sample = 0; sample < samples; sample++) {
    const line = 1 + ((sample >> 1) % 4);
    for (let k = 0; k < 6; k++) {
      for (const t of [2, 5, 8]) triples.push([sample, t, sample % 2 === 0 ? k * 6 + line : line * 6 + k]);
    }
  }
  triples.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]) || Number(a[2]) - Number(b[2]));
  const labels = Uint32Array.from({ length: samples }, (_, sample) => sample % 2);
  return datasets.fromSpikes({ spikes: SpikeEvents.fromTriples(triples as [number, number, number][], samples), labels });
}

const training = { epochs: 30, batchSize: 8, seed: 2 };
const optimizer = { type: "adam", learningRate: 0.02 } as const;

describe("convolutions and pools", () => {
  it("state the shapes of their weights", async () => {
    using made = await createNetwork({ network });
    expect(made.info.layers).toMatchObject([
      { inputs: 9, units: 144, filters: 4, kernel: [3, 3], image: { channels: 4, height: 6, width: 6 } },
      { inputs: 36, units: 54, filters: 6, kernel: [3, 3], image: { channels: 6, height: 3, width: 3 } },
      { inputs: 6, units: 2, filters: 2 },
    ]);
    const parameters = await made.parameters();
    expect(parameters.map(({ weights, biases }) => [weights.length, biases.length])).toEqual([
      [36, 4],
      [216, 6],
      [12, 2],
    ]);
  });

  it("put weights at [channel][channel below][y][x]", async () => {
    using made = await createNetwork({ network, loss: { type: "count" } });
    const weights = new Float32Array(36);
    weights[9 * 2 + 3 * 2 + 1] = 100; // channel 2, y 2, x 1: the pixel below a unit
    await made.setParameters(0, { weights, biases: new Float32Array(4) });
    const data = datasets.fromSpikes({ spikes: SpikeEvents.fromTriples([[0, 4, 3 * 6 + 2]], 1), labels: [0] });
    const { layers } = await made.predict(data);
    expect(Array.from(layers[0]?.units ?? [])).toEqual([2 * 36 + 2 * 6 + 2]);
  });

  it("learn, and go on from a checkpoint as if nothing had been", async () => {
    const data = bars(32);
    using whole = await createTrainer({ network, training, optimizer });
    for await (const _ of whole.run(data));
    const report = await whole.evaluate(data);
    expect(report.accuracy.firstSpike).toBeGreaterThan(0.9);
    expect(Math.min(...report.spikes.perUnit)).toBeGreaterThan(0.01);

    const first = await createTrainer({ network, training, optimizer });
    for await (const event of first.run(data)) if (event.type === "epochEnd" && event.epoch === 10) break;
    using second = await restoreTrainer(await first.checkpoint());
    first.dispose();
    for await (const _ of second.run(data));
    expect(await second.checkpoint()).toEqual(await whole.checkpoint());
  });

  it("make the network of snnTorch's sixth tutorial, 12C5-MP2-64C5-MP2-10", async () => {
    const layers: Config["network"]["layers"] = [
      { type: "conv2d", channels: 12, kernel: 5, padding: "valid" },
      { type: "maxPool2d", window: 2 },
      { type: "conv2d", channels: 64, kernel: 5, padding: "valid" },
      { type: "maxPool2d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 10 },
    ];
    using made = await createNetwork({ network: { input: [1, 28, 28], steps: 25, layers } });
    expect(made.info.layers).toMatchObject([
      { inputs: 25, image: { channels: 12, height: 24, width: 24 } },
      { inputs: 300, image: { channels: 64, height: 8, width: 8 } },
      { inputs: 1024, units: 10 },
    ]);
  });

  it.each([
    [{ type: "conv2d", channels: 0, kernel: 3 }, "network.layers[0].channels"],
    [{ type: "conv2d", channels: 2, kernel: [3, 0] }, "network.layers[0].kernel[1]"],
    [{ type: "conv2d", channels: 2, kernel: 7, padding: "valid" }, "network.layers[0].kernel"],
    [{ type: "conv2d", channels: 2, kernel: 3, padding: 0, dilation: [1, 3] }, "network.layers[0].kernel"],
    [{ type: "conv2d", channels: 2, kernel: 3, stride: 2 }, "network.layers[0].padding"],
    [{ type: "conv2d", channels: 2, kernel: 3, stride: [1, 0] }, "network.layers[0].stride[1]"],
    [{ type: "conv2d", channels: 2, kernel: 3, padding: "full" as "same" }, "network.layers[0].padding"],
    [{ type: "conv2d", channels: 2, kernel: 3, padding: [1, -1] }, "network.layers[0].padding[1]"],
    [{ type: "conv2d", channels: 2, kernel: 3, groups: 2 }, "network.layers[0].groups"],
    [{ type: "conv2d", channels: 2, kernel: 3, padding: 60_000 }, "network.layers[0].channels"],
    [{ type: "conv1d", channels: 2, kernel: 3 }, "network.layers[0].type"],
    [{ type: "maxPool1d", window: 2 }, "network.layers[0].type"],
    [{ type: "avgPool2d", window: 2, stride: 0 }, "network.layers[0].stride"],
    [{ type: "avgPool2d", window: [2, 7] }, "network.layers[0].window"],
    [{ type: "conv2d", channels: 100_000_000, kernel: 3 }, "network.layers[0].channels"],
    [{ type: "avgPool2d", window: 0 }, "network.layers[0].window"],
    [{ type: "maxPool2d", window: 7 }, "network.layers[0].window"],
    [{ type: "dense", units: 3 }, "network.layers[0].type"],
  ] as [Config["network"]["layers"][number], string][])("refuse %j", async (layer, path) => {
    const layers: Config["network"]["layers"] = [layer, { type: "flatten" }, { type: "dense", units: 2 }];
    const refused = createNetwork({ network: { ...network, layers } });
    await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path });
  });

  it("may be the last layer, flattened or not, but no pool and no readout", async () => {
    const conv: Config["network"]["layers"][number] = { type: "conv2d", channels: 2, kernel: 6, padding: "valid" };
    const made = (...layers: Config["network"]["layers"]) => createNetwork({ network: { ...network, layers } });
    for (const layers of [[conv], [conv, { type: "flatten" } as const]]) {
      using last = await made(...layers);
      expect(last.info.layers).toMatchObject([{ inputs: 36, units: 2, filters: 2, image: { channels: 2, height: 1, width: 1 } }]);
    }
    await expect(made(conv, { type: "globalAvgPool" })).rejects.toMatchObject({ path: "network.layers[1].type" });
    const readout = made({ ...conv, neuron: { type: "leaky" } });
    await expect(readout).rejects.toMatchObject({ path: "network.layers[0].neuron.type" });
  });

  it("need an image", async () => {
    const layers = [{ type: "flatten" }, { type: "avgPool2d", window: 2 }, { type: "dense", units: 2 }] as const;
    const refused = createNetwork({ network: { ...network, layers: [...layers] } });
    await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "network.layers[1].type" });
  });
});
