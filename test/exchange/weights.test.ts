import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  exportWeights,
  importWeights,
  type LayerParameters,
  type Network,
  parseTensors,
  type Tensors,
} from "spikelet";
import { describe, expect, it, vi } from "vitest";
import { writeSafetensors } from "../../ts/exchange/safetensors.js";
import { filled, fixture } from "./fixtures.js";

const dense: Config = {
  network: {
    input: 4,
    steps: 20,
    layers: [
      { type: "dense", units: 3 },
      { type: "dense", units: 2 },
    ],
  },
};
const convolution: Config = {
  network: {
    input: [1, 4, 4],
    steps: 20,
    layers: [
      { type: "conv2d", channels: 2, kernel: 3 },
      { type: "avgPool2d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 2 },
    ],
  },
};

const learning: Config = {
  network: {
    input: 3,
    steps: 20,
    layers: [
      {
        type: "dense",
        units: 2,
        recurrent: true,
        delays: { by: "connection", max: 4, learn: true },
        neuron: { type: "alif", membraneDecay: [0.9, 0.95], learn: ["membraneDecay", "threshold", "adaptationStrength"] },
      },
      { type: "dense", units: 2, delays: { max: 5 } },
    ],
  },
  loss: { type: "count" },
};
const elsewhere: Config = { ...learning, training: { seed: 7 } };
const data = datasets.fromSpikes({
  spikes: [0, 1, 2].map((unit) => ({ times: [0, 1, 2, 3], units: [unit, 0, unit, 1] })),
  labels: [0, 1, 0],
});

async function expectFilled(network: Network): Promise<void> {
  for (const { weights, biases } of await network.parameters()) {
    expect(weights).toEqual(filled(weights.length));
    expect(biases).toEqual(filled(biases.length));
  }
}

describe("importWeights", () => {
  it.each([
    ["the authors' names", "authors.pt", dense],
    ["the authors' names in a file of PyTorch 1.4", "authors_legacy.pt", dense],
    ["the authors' names of a convolution", "authors_convolution.pt", convolution],
    ["the names of torch.nn.Sequential", "sequential.pt", dense],
  ])("reads %s", async (_, file, config) => {
    using network = await createNetwork(config);
    await importWeights(network, await fixture(file));
    await expectFilled(network);
  });

  it("takes numbered names in the order of the numbers, and biases that are missing as 0", async () => {
    const three = { network: { ...dense.network, layers: [...dense.network.layers, { type: "dense" as const, units: 2 }] } };
    using network = await createNetwork(three);
    await importWeights(network, await fixture("mixed.safetensors"));
    const [first, second, last] = await network.parameters();
    expect([first?.weights, second?.weights, last?.weights]).toEqual([filled(12), filled(6), filled(4)]);
    expect([first?.biases, second?.biases, last?.biases]).toEqual([filled(3), filled(2), new Float32Array(2)]);
  });

  it("takes the names that it is given", async () => {
    using network = await createNetwork({ network: { input: 3, steps: 20, layers: [{ type: "dense", units: 2 }] } });
    await importWeights(network, await fixture("mixed.pt"), { names: ["model.double"] });
    expect((await network.parameters())[0]?.weights).toEqual(filled(6));
  });

  it("takes learnt constants and delays of a checkpoint, by their averages as they are used", async () => {
    const averaging = { type: "ema" as const, decay: 0.5 };
    using trainer = await createTrainer({ ...learning, training: { epochs: 1, batchSize: 2, averaging } });
    for await (const _ of trainer.run(data)) void _;
    using other = await createNetwork(elsewhere);
    await importWeights(other, await trainer.checkpoint());
    const arrays = await parseTensors(await trainer.checkpoint());
    const [[found], [used]] = [await other.parameters(), await trainer.parameters()];
    expect(found?.weights).toEqual(used?.weights);
    expect(found?.weights).not.toEqual(arrays.get("layers.0.weights")?.values);
    expect(found?.learnt?.delays).toEqual(used?.learnt?.delays);
    const decays = Array.from(used?.learnt?.membraneDecay ?? []);
    expect(Array.from(found?.learnt?.membraneDecay ?? [])).toEqual(decays.map((decay) => expect.closeTo(decay, 6)));
    expect(decays).not.toEqual([0.9, 0.95]);
  });

  it("takes decays of a checkpoint that have come to their ends", async () => {
    using trainer = await createTrainer({ ...learning, optimizer: { type: "sgd", learningRate: 1000 } });
    const gradients = (await trainer.parameters()).map(({ weights, biases }) => ({
      weights: weights.map(() => 0),
      biases: biases.map(() => 0),
    }));
    const [first, last] = gradients as [LayerParameters, LayerParameters];
    const learnt = {
      membraneDecay: Float32Array.of(1, -1),
      threshold: Float32Array.of(0),
      adaptationStrength: Float32Array.of(0),
      delays: new Float32Array(10),
    };
    await trainer.applyGradients([{ ...first, learnt }, last]);
    using other = await createNetwork(elsewhere);
    await importWeights(other, await trainer.checkpoint());
    expect(await other.parameters()).toEqual(await trainer.parameters());
  });

  it("reads a checkpoint, without what the optimiser gathered", async () => {
    using network = await createNetwork(dense);
    using other = await createNetwork({ ...dense, training: { seed: 7 } });
    await importWeights(other, await network.checkpoint());
    expect(await other.parameters()).toEqual(await network.parameters());
  });

  it("refuses what does not fit, and leaves the network as it was", async () => {
    using network = await createNetwork(convolution);
    const before = await network.parameters();
    const refused = async (file: string, expected: object, options = {}) =>
      expect(importWeights(network, await fixture(file), options)).rejects.toThrow(expect.objectContaining(expected));
    await refused("authors.pt", { code: "SHAPE_MISMATCH", path: "layers_module.0.weight" });
    await refused("mixed.pt", { code: "SHAPE_MISMATCH", path: "names" });
    await refused(
      "authors_convolution.pt",
      { code: "SHAPE_MISMATCH", path: "fc.weight" },
      { names: ["conv.weight", "fc.weight"].reverse() },
    );
    await refused("module.pt", { code: "DATA_FORMAT", message: expect.stringMatching(/byte \d+: it calls torch.nn/) });
    await refused("lif.nir", { code: "DATA_FORMAT" });
    const cut = (await fixture("authors.pt")).slice(0, 1000);
    await expect(importWeights(network, cut)).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
    expect(await network.parameters()).toEqual(before);
  });
});

describe("exportWeights", () => {
  it.each(["safetensors", "npz"] as const)("%s comes back bit for bit", async (format) => {
    using network = await createNetwork(convolution);
    const bytes = await exportWeights(network, { format });
    const tensors = await parseTensors(bytes);
    expect(Array.from(tensors, ([name, { shape }]) => [name, shape])).toEqual([
      ["layers.0.weight", [2, 1, 3, 3]],
      ["layers.0.bias", [2]],
      ["layers.1.weight", [2, 8]],
      ["layers.1.bias", [2]],
    ]);
    using other = await createNetwork({ ...convolution, training: { seed: 7 } });
    await importWeights(other, bytes);
    expect(await other.parameters()).toEqual(await network.parameters());
  });

  it.each(["safetensors", "npz"] as const)("%s has the same bytes at any time", async (format) => {
    using network = await createNetwork(dense);
    const bytes = await exportWeights(network, { format });
    vi.useFakeTimers({ now: new Date(2031, 4, 6, 7, 8, 10), toFake: ["Date"] });
    try {
      expect(await exportWeights(network, { format })).toEqual(bytes);
    } finally {
      vi.useRealTimers();
    }
  });

  it("refuses other formats", async () => {
    using network = await createNetwork(dense);
    const other = exportWeights(network, { format: "onnx" as never });
    await expect(other).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "format" }));
  });
});

describe("learnt constants and delays", () => {
  it.each(["safetensors", "npz"] as const)("come back from %s, with their shapes", async (format) => {
    using network = await createNetwork(learning);
    const [first, last] = await network.parameters();
    const learnt = {
      ...first?.learnt,
      threshold: Float32Array.of(0.75),
      delays: Float32Array.from({ length: 10 }, (_, k) => k / 4),
    };
    await network.setParameters(0, { ...(first as LayerParameters), learnt });
    const bytes = await exportWeights(network, { format });
    const shapes = Array.from(await parseTensors(bytes), ([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      "layers.0.weight": [2, 5],
      "layers.0.bias": [2],
      "layers.0.membraneDecay": [2],
      "layers.0.threshold": [1],
      "layers.0.adaptationStrength": [1],
      "layers.0.delays": [2, 5],
      "layers.1.weight": [2, 2],
      "layers.1.bias": [2],
      "layers.1.delays": [2],
    });
    using other = await createNetwork(elsewhere);
    await importWeights(other, bytes);
    const [found, foundLast] = await other.parameters();
    expect(found?.learnt?.delays).toEqual(learnt.delays);
    expect(found?.learnt?.threshold).toEqual(learnt.threshold);
    expect(Array.from(found?.learnt?.membraneDecay ?? [])).toEqual([expect.closeTo(0.9, 6), expect.closeTo(0.95, 6)]);
    expect(foundLast?.learnt).toEqual(last?.learnt);
  });

  it("stay as they are where a file has none", async () => {
    using network = await createNetwork(learning);
    const before = await network.parameters();
    const weights = (units: number, inputs: number) => ({ shape: [units, inputs], values: filled(units * inputs) });
    await importWeights(network, writeSafetensors(tensors({ "0.weight": weights(2, 5), "1.weight": weights(2, 2) })));
    const after = await network.parameters();
    expect(after.map(({ learnt }) => learnt)).toEqual(before.map(({ learnt }) => learnt));
    expect(after.map(({ weights }) => weights)).toEqual([filled(10), filled(4)]);
  });

  it.each<[string, string, number[], number[], object]>([
    ["delays of another shape", "delays", [5], [0, 1, 2, 3, 4], { code: "SHAPE_MISMATCH", path: "layers.0.delays" }],
    ["a delay beyond its maximum", "delays", [2, 5], [0, 4.5], { code: "CONFIG_INVALID", path: "layers.0.delays[1]" }],
    ["a delay back in time", "delays", [2, 5], [0, 0, -1], { code: "CONFIG_INVALID", path: "layers.0.delays[2]" }],
    ["a delay that is no number", "delays", [2, 5], [Number.NaN], { code: "NON_FINITE", path: "layers.0.delays[0]" }],
    ["a weight that is no number", "weight", [2, 5], [0, Number.NaN], { code: "NON_FINITE", path: "layers.0.weight[1]" }],
    ["a bias that is no number", "bias", [2], [0, Number.NaN], { code: "NON_FINITE", path: "layers.0.bias[1]" }],
    ["a decay of 1", "membraneDecay", [2], [0.5, 1], { code: "CONFIG_INVALID", path: "layers.0.membraneDecay[1]" }],
    ["a decay for each unit too many", "membraneDecay", [3], [0.5], { code: "SHAPE_MISMATCH", path: "layers.0.membraneDecay" }],
    ["a constant that is not learnt", "currentDecay", [1], [0.5], { code: "SHAPE_MISMATCH", path: "layers.0.currentDecay" }],
  ])("%s is refused by the name of the array, and nothing changes", async (_, name, shape, numbers, expected) => {
    using network = await createNetwork(learning);
    using other = await createNetwork(elsewhere);
    const before = await network.parameters();
    const all = new Map(await parseTensors(await exportWeights(other, { format: "npz" })));
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    values.set(numbers);
    all.set(`layers.0.${name}`, { dtype: "float32", shape, values });
    await expect(importWeights(network, writeSafetensors(all))).rejects.toThrow(expect.objectContaining(expected));
    expect(await network.parameters()).toEqual(before);
  });

  it("that are refused leave a trainer all that it knows", async () => {
    using trainer = await createTrainer({ ...learning, training: { epochs: 2, batchSize: 2, averaging: { type: "ema" } } });
    await trainer.run(data);
    const before = await trainer.checkpoint();
    using other = await createNetwork(elsewhere);
    const all = new Map(await parseTensors(await exportWeights(other, { format: "npz" })));
    all.set("layers.1.weight", { dtype: "float32", shape: [2, 2], values: Float32Array.of(0, Number.NaN, 0, 0) });
    const thrown = expect.objectContaining({ code: "NON_FINITE", path: "layers.1.weight[1]" });
    await expect(importWeights(trainer, writeSafetensors(all))).rejects.toThrow(thrown);
    expect(await trainer.checkpoint()).toEqual(before);
  });

  it("of a later layer are refused, and the first one stays as it was", async () => {
    using network = await createNetwork(learning);
    using other = await createNetwork(elsewhere);
    const before = await network.parameters();
    const all = new Map(await parseTensors(await exportWeights(other, { format: "npz" })));
    all.set("layers.1.delays", { dtype: "float32", shape: [2], values: Float32Array.of(0, 6) });
    const thrown = expect.objectContaining({ code: "CONFIG_INVALID", path: "layers.1.delays[1]" });
    await expect(importWeights(network, writeSafetensors(all))).rejects.toThrow(thrown);
    expect((await network.parameters()).map(({ weights }) => weights)).toEqual(before.map(({ weights }) => weights));
    expect((await network.parameters())[1]).toEqual(before[1]);
  });
});

/** Arrays of single floats by their names. */
function tensors(arrays: Record<string, { shape: number[]; values: Float32Array }>): Tensors {
  return new Map(Object.entries(arrays).map(([name, array]) => [name, { dtype: "float32", ...array }]));
}

describe("createNetwork with parameters", () => {
  it("starts with them, and refuses too few", async () => {
    const parameters = [
      { weights: filled(12), biases: filled(3) },
      { weights: filled(6), biases: filled(2) },
    ];
    using network = await createNetwork(dense, { parameters });
    await expectFilled(network);
    const few = createNetwork(dense, { parameters: parameters.slice(1) });
    await expect(few).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "parameters" }));
  });

  it("says in which layer and where they are wrong", async () => {
    using network = await createNetwork(learning);
    const [first, last] = (await network.parameters()) as [LayerParameters, LayerParameters];
    const wrong = (learnt: NonNullable<LayerParameters["learnt"]>) =>
      createNetwork(learning, { parameters: [first, { ...last, learnt }] });
    const late = { code: "CONFIG_INVALID", path: "parameters[1].learnt.delays[1]" };
    await expect(wrong({ delays: Float32Array.of(0, 6) })).rejects.toThrow(expect.objectContaining(late));
    const short = { code: "SHAPE_MISMATCH", path: "parameters[1].learnt.delays" };
    await expect(wrong({ delays: Float32Array.of(0) })).rejects.toThrow(expect.objectContaining(short));
  });
});
