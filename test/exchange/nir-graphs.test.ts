import {
  type Config,
  createNetwork,
  datasets,
  exportNir,
  importNir,
  type LayerConfig,
  type LayerParameters,
  type Network,
} from "spikelet";
import { describe, expect, it } from "vitest";

type Net = Config["network"];

/** Neurons with constants that files hold exactly. */
const cubaLif = {
  currentDecay: 0.75,
  membraneDecay: 0.875,
  currentGain: 1,
  membraneGain: 1,
  biasGain: 1,
  reset: "membrane",
} as const;
const lif = { currentDecay: 0, membraneDecay: 0.75, currentGain: 1, membraneGain: 1, biasGain: 0.25 } as const;
/** Without a leak; the gains follow. */
const integrating = { currentDecay: 0, membraneDecay: 1 } as const;
const image = { input: [2, 6, 5] as [number, number, number], steps: 40, neuron: cubaLif };
const list = { input: 12, steps: 40, neuron: cubaLif };
const ten: LayerConfig[] = [{ type: "flatten" }, { type: "dense", units: 5 }];
const leaky = { neuron: { type: "leaky" as const } };

const NETWORKS: Record<string, Net> = {
  "stride and padding": {
    ...image,
    layers: [{ type: "conv2d", channels: 4, kernel: [3, 2], stride: [2, 1], padding: [1, 0] }, ...ten],
  },
  "valid and even kernels": {
    ...image,
    layers: [{ type: "conv2d", channels: 3, kernel: 2 }, { type: "conv2d", channels: 4, kernel: 3, padding: 0 }, ...ten],
  },
  dilation: { ...image, layers: [{ type: "conv2d", channels: 4, kernel: 2, dilation: [2, 3], padding: 1 }, ...ten] },
  groups: { ...image, layers: [{ type: "conv2d", channels: 6, kernel: 3, groups: 2 }, ...ten] },
  "a depthwise convolution": {
    ...image,
    layers: [{ type: "conv2d", channels: 2, kernel: 3, groups: 2 }, { type: "conv2d", channels: 4, kernel: 1 }, ...ten],
  },
  sequences: {
    ...image,
    input: [3, 11],
    layers: [{ type: "conv1d", channels: 6, kernel: 3, stride: 2, padding: 1, groups: 3 }, ...ten],
  },
  "average pools": {
    ...image,
    layers: [{ type: "conv2d", channels: 3, kernel: 3 }, { type: "avgPool2d", window: [2, 1], stride: 1 }, ...ten],
  },
  "a global average pool": {
    ...image,
    layers: [{ type: "conv2d", channels: 6, kernel: 3 }, { type: "globalAvgPool" }, { type: "dense", units: 5 }],
  },
  "a convolution at the end": {
    ...image,
    layers: [
      { type: "conv2d", channels: 3, kernel: 3 },
      { type: "conv2d", channels: 2, kernel: 3, padding: 0, stride: 2 },
    ],
  },
  "a flattened convolution at the end": { ...image, layers: [{ type: "conv2d", channels: 3, kernel: 3 }, { type: "flatten" }] },
  "a residual": {
    ...image,
    layers: [
      { name: "stem", type: "conv2d", channels: 4, kernel: 3, stride: 2, padding: 1 },
      { type: "conv2d", channels: 4, kernel: 3 },
      { name: "two", type: "conv2d", channels: 4, kernel: 3 },
      { type: "globalAvgPool", from: ["stem", "two"] },
      { type: "dense", units: 5 },
    ],
  },
  "skips into the membrane": {
    ...list,
    layers: [
      { name: "a", type: "dense", units: 8 },
      {
        type: "dense",
        units: 8,
        inputs: [
          { type: "dense", from: "input" },
          { type: "oneToOne", from: "a" },
        ],
      },
      { type: "dense", units: 5 },
    ],
  },
  "skips by channel": {
    ...image,
    layers: [
      { name: "a", type: "conv2d", channels: 3, kernel: 3 },
      { name: "b", type: "conv2d", channels: 3, kernel: 3, inputs: [{ type: "oneToOne", from: "a", by: "channel" }] },
      { type: "conv2d", channels: 3, kernel: 3, inputs: [{ type: "conv2d", from: ["a", "b"], kernel: 1 }] },
      ...ten,
    ],
  },
  "a recurrent layer in a graph": {
    ...list,
    layers: [
      { name: "a", type: "dense", units: 8, recurrent: true },
      { name: "b", type: "dense", units: 8, recurrent: true, inputs: [{ type: "dense", from: "input" }] },
      { type: "dense", units: 5, from: ["a", "b"] },
    ],
  },
  "a recurrent convolution": {
    ...image,
    layers: [{ name: "a", type: "conv2d", channels: 3, kernel: 3, inputs: [{ type: "conv2d", from: "a", kernel: 3 }] }, ...ten],
  },
  feedback: {
    ...list,
    layers: [
      { name: "a", type: "dense", units: 8, inputs: [{ type: "dense", from: "b" }] },
      { name: "b", type: "dense", units: 8, inputs: [{ type: "oneToOne", from: "a" }] },
      { type: "dense", units: 5, from: ["a", "b"] },
    ],
  },
  "feedback from the output, over a layer nearer to the input": {
    ...list,
    layers: [
      { name: "x", type: "dense", units: 6 },
      { type: "dense", units: 8, inputs: [{ type: "dense", from: "out" }] },
      { type: "dense", units: 8, inputs: [{ type: "dense", from: "input" }] },
      { name: "out", type: "dense", units: 5, inputs: [{ type: "dense", from: "x" }] },
    ],
  },
  "delays in a graph": {
    ...list,
    layers: [
      { name: "a", type: "dense", units: 8, recurrent: true, delays: { max: 2 } },
      { name: "b", type: "dense", units: 8, inputs: [{ type: "dense", from: "input", delays: { max: 2 } }] },
      { type: "dense", units: 5, from: ["a", "b"], delays: { max: 2 } },
    ],
  },
  "a readout with two inputs": {
    ...list,
    layers: [
      { name: "a", type: "dense", units: 8 },
      { type: "dense", units: 8 },
      { type: "dense", units: 5, inputs: [{ type: "dense", from: "a" }], ...leaky },
    ],
  },
};

/** Skips that files have as an edge without weights. */
const fixedSkips: Net = {
  ...image,
  layers: [
    { name: "a", type: "conv2d", channels: 2, kernel: 3 },
    { type: "conv2d", channels: 2, kernel: 3, inputs: [{ type: "oneToOne", from: ["input", "a"], by: "channel", learn: false }] },
    ...ten,
  ],
};

let state = 1;
function draw(below: number): number {
  state = (state * 48271) % 2147483647;
  return state % below;
}

/** Weights of eighths with more above 0 than below, so that there are spikes, or of 1, and delays of whole steps. */
async function lively(network: Net, loss: NonNullable<Config["loss"]>): Promise<Network> {
  const made = await createNetwork({ network, loss });
  const weightsOf = (weights: Float32Array) => weights.map(() => (network === fixedSkips ? 1 : (draw(16) - 5) / 8));
  for (const [layer, given] of (await made.parameters()).entries()) {
    const { weights, biases, learnt, inputs = [] } = given;
    const delays = (of: LayerParameters["learnt"]) => of?.delays && { learnt: { delays: of.delays.map((_, k) => k % 3) } };
    await made.setParameters(layer, {
      weights: weightsOf(weights),
      biases: biases.map((_, unit) => (unit % 3) / 64),
      ...delays(learnt),
      inputs: inputs.map(({ weights, learnt }) => ({ weights: weightsOf(weights), ...delays(learnt) })),
    });
  }
  return made;
}

function samples(units: number) {
  const trains = Array.from({ length: 6 }, () => {
    const cells = Array.from({ length: 30 * units }, (_, cell) => cell).filter(() => draw(5) === 0);
    return { times: cells.map((cell) => Math.floor(cell / units)), units: cells.map((cell) => cell % units) };
  });
  return datasets.fromSpikes({ spikes: trains });
}

/** Layers without what their files do not keep. */
const plain = (network: Network) =>
  network.config.network.layers.map(({ neuron: _, ...layer }: LayerConfig & { neuron?: unknown }) => layer);

async function expectTheSameBack(given: Net): Promise<void> {
  const last = given.layers.at(-1);
  const isReadout = last !== undefined && "neuron" in last && last.neuron?.type === "leaky";
  const loss = { type: isReadout ? ("membrane" as const) : ("count" as const) };
  using network = await lively(given, loss);
  const { network: found, parameters } = await importNir((await exportNir(network)).bytes, { steps: 40 });
  using back = await createNetwork({ network: found, loss }, { parameters });
  expect(plain(back)).toEqual(plain(network));
  const data = samples([given.input].flat().reduce((product, size) => product * size, 1));
  const [expected, there] = await Promise.all([network.predict(data), back.predict(data)]);
  for (const [layer, events] of expected.layers.entries()) {
    if (!isReadout || layer + 1 < expected.layers.length) expect([...events.triples()].length).toBeGreaterThan(20);
    expect([...(there.layers[layer]?.triples() ?? [])]).toEqual([...events.triples()]);
  }
  expect(there.membranes).toEqual(expected.membranes);
  // Without a current, files have the gains in the weights.
  if (given.neuron === cubaLif) expect(await back.parameters()).toEqual(await network.parameters());
}

describe("exportNir and importNir bring back the configuration and the bits of predictions", () => {
  it.each(Object.entries(NETWORKS))("%s", async (_, network) => {
    await expectTheSameBack(network);
    await expectTheSameBack({ ...network, neuron: lif });
    await expectTheSameBack({ ...network, neuron: integrating });
  });

  it("skips with fixed weights of 1", async () => {
    await expectTheSameBack(fixedSkips);
  });

  it("layers one to one, in a chain of which files have nodes only", async () => {
    const network: Net = { ...list, layers: [{ type: "oneToOne" }, { type: "dense", units: 5 }] };
    await expectTheSameBack(network);
    await expectTheSameBack({ ...network, neuron: { ...lif, threshold: 0.5 } });
  });

  it("names that HDF5 has for other things", async () => {
    using network = await lively(
      {
        ...list,
        layers: [
          { name: "a/b", type: "dense", units: 8 },
          { name: ".", type: "dense", units: 8 },
          { type: "dense", units: 5, from: ["a/b", "."] },
        ],
      },
      { type: "count" },
    );
    const { network: found } = await importNir((await exportNir(network)).bytes);
    expect(found.layers).toMatchObject([{ name: "a_b" }, { name: "_" }, { from: ["a_b", "_"] }]);
  });

  it("a loop over several layers, of which both say that NIR has no delay", async () => {
    using network = await createNetwork({ network: NETWORKS.feedback as Net });
    const { bytes, approximations } = await exportNir(network);
    expect(approximations).toEqual(["spikes of a later layer arrive one step later here, NIR states no delay for a way back"]);
    expect((await importNir(bytes)).approximations).toEqual([
      expect.stringContaining("snnTorch writes the same"),
      expect.stringContaining("in a loop over several layers"),
    ]);
  });
});

describe("exportNir refuses", () => {
  const dense: LayerConfig = { type: "dense", units: 4 };
  const map: LayerConfig = { type: "conv2d", channels: 2, kernel: 3 };
  const b: LayerConfig = { name: "b", type: "dense", units: 4 };

  it.each<[string, Net, string, string]>([
    [
      "max pools",
      { ...image, layers: [map, { type: "maxPool2d", window: 2 }, ...ten] },
      "network.layers[1].type",
      "for maxPool2d",
    ],
    [
      "pools of sequences",
      {
        ...image,
        input: [3, 11],
        layers: [{ type: "conv1d", channels: 2, kernel: 3 }, { type: "avgPool1d", window: 2 }, ...ten],
      },
      "network.layers[1].type",
      "for avgPool1d over sequences",
    ],
    [
      "global pools of sequences",
      { ...image, input: [3, 11], layers: [{ type: "conv1d", channels: 2, kernel: 3 }, { type: "globalAvgPool" }, dense] },
      "network.layers[1].type",
      "for globalAvgPool over sequences",
    ],
    [
      "feedback that closes no loop",
      {
        ...list,
        layers: [
          { name: "a", ...dense, inputs: [{ type: "dense", from: "b" }] },
          { ...b, from: "input" },
          { ...dense, from: ["a", "b"] },
        ],
      },
      "network.layers[0].inputs[0].from",
      "in the same step, since they close no loop",
    ],
    [
      "delays by connection of a further input",
      { ...list, layers: [b, { ...dense, inputs: [{ type: "dense", from: "b", delays: { by: "connection", max: 2 } }] }] },
      "network.layers[1].inputs[0].delays.by",
      "not of single connections",
    ],
    [
      "other neurons",
      { ...list, layers: [{ ...dense, neuron: { type: "adlif" } }, dense] },
      "network.layers[0].neuron.type",
      "adlif",
    ],
    [
      "a leak of the current alone",
      { ...list, neuron: { currentDecay: 0.5, membraneDecay: 1 }, layers: [dense] },
      "network.neuron.membraneDecay",
      "no time constant has the decay 1",
    ],
  ])("%s", async (_, given, path, reason) => {
    using network = await createNetwork({ network: given });
    const thrown = expect.objectContaining({ code: "CONFIG_INVALID", path, reason: expect.stringContaining(reason) });
    await expect(exportNir(network)).rejects.toThrow(thrown);
  });

  it("biases of IF neurons behind one-to-one weights", async () => {
    using network = await lively({ ...list, neuron: integrating, layers: [{ type: "oneToOne" }, dense] }, { type: "count" });
    await expect(exportNir(network)).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "network.layers[0].type" }),
    );
  });
});
