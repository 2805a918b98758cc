import { type Config, createNetwork, exportWeights, importWeights, type Network, parseTensors } from "spikelet";
import { describe, expect, it } from "vitest";
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

  it("takes delays of a checkpoint for no weights", async () => {
    const layers: Config["network"]["layers"] = [
      { type: "dense", units: 5, delays: { by: "connection", max: 4 } },
      { type: "dense", units: 2 },
    ];
    using network = await createNetwork({ network: { input: 3, steps: 10, layers } });
    using other = await createNetwork({ network: { input: 3, steps: 10, layers }, training: { seed: 9 } });
    await importWeights(other, await network.checkpoint());
    const [wanted, found] = [await network.parameters(), await other.parameters()];
    expect(found.map(({ weights }) => weights)).toEqual(wanted.map(({ weights }) => weights));
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

  it("refuses other formats", async () => {
    using network = await createNetwork(dense);
    const other = exportWeights(network, { format: "onnx" as never });
    await expect(other).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "format" }));
  });
});

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
});
