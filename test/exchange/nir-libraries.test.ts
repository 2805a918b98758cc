import { createNetwork, datasets, importNir, type NirImportOptions } from "spikelet";
import { describe, expect, it } from "vitest";
import type { NirNode } from "../../ts/exchange/nir/graph.js";
import { writeGraph } from "../../ts/exchange/nir/hdf5.js";

type Fields = Record<string, number[]>;

/** A node whose fields have the shape given, weights two dimensions, and single numbers none. */
function node(type: string, fields: Fields, shapes: Record<string, number[]> = {}): NirNode {
  const arrays = Object.entries(fields).map(([name, values]) => {
    return [
      name,
      { shape: shapes[name] ?? (values.length === 1 ? [] : [values.length]), values: Float32Array.from(values) },
    ] as const;
  });
  return { type, fields: new Map(arrays) };
}

const list = (length: number, of: (k: number) => number) => Array.from({ length }, (_, k) => of(k));
const input = (...shape: number[]) => node("Input", { shape }, { shape: [shape.length] });
const output = (...shape: number[]) => node("Output", { shape }, { shape: [shape.length] });
const affine = (units: number, inputs: number) =>
  node(
    "Affine",
    { weight: list(units * inputs, (k) => ((k * 7) % 5) / 8), bias: list(units, () => 0) },
    { weight: [units, inputs], bias: [units] },
  );

function file(nodes: Record<string, NirNode>, ...edges: [string, string][]): Promise<Uint8Array> {
  return writeGraph({ nodes: new Map(Object.entries(nodes)), edges }, undefined);
}

const read = async (bytes: Promise<Uint8Array>, options: NirImportOptions = {}) =>
  importNir(await bytes, { steps: 30, ...options });

describe("importNir reads what snnTorch's exporter writes", () => {
  /** A tau of 0.9 per step, and the resistance that makes the gain 1. */
  const tau = 1e-4 / 0.1;
  const leaky = (units: number) => {
    const each = (value: number) => list(units, () => value);
    const fields = { tau: each(tau), v_threshold: each(1), v_leak: each(0), r: each(tau / 1e-4), v_reset: each(0) };
    return node("LIF", fields, Object.fromEntries(Object.keys(fields).map((name) => [name, [units]])));
  };
  const nodes = {
    input: input(4),
    "0": affine(3, 4),
    "1.lif": leaky(3),
    "1.w_rec": affine(3, 3),
    "2": affine(2, 3),
    "3": leaky(2),
    output: output(2),
  };
  const edges: [string, string][] = [
    ["3", "output"],
    ["2", "3"],
    ["input", "0"],
    ["1.lif", "1.w_rec"],
    ["1.w_rec", "1.lif"],
    ["0", "1.lif"],
    ["1.lif", "2"],
  ];

  it("RLeaky, whose parts stand beside the other nodes, with edges in any order", async () => {
    const { network, parameters } = await read(file(nodes, ...edges));
    expect(network.layers).toEqual([
      { type: "dense", units: 3, recurrent: true },
      { type: "dense", units: 2 },
    ]);
    using made = await createNetwork({ network }, { parameters });
    expect(made.info.layers.map(({ units }) => units)).toEqual([3, 2]);
  });

  it("a reset that the file does not have, by an option", async () => {
    const { network, approximations } = await read(file(nodes, ...edges), { reset: "subtract" });
    expect(network.neuron).toMatchObject({ reset: "subtract" });
    expect(approximations).toEqual([]);
    const unknown = read(file(nodes, ...edges), { reset: "zero" as "all" });
    await expect(unknown).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "reset" }));
  });

  it("convolutions and pools with one number for both axes", async () => {
    const conv = node(
      "Conv2d",
      {
        weight: list(18, (k) => k / 16),
        bias: [0, 0],
        stride: [2, 2],
        padding: [1, 1],
        dilation: [1, 1],
        groups: [1],
        input_shape: [6, 6],
      },
      { weight: [2, 1, 3, 3] },
    );
    const pool = node("AvgPool2d", { kernel_size: [3], stride: [3], padding: [0, 0] });
    const flatten = node("Flatten", { start_dim: [0], end_dim: [-1] });
    const all = {
      input: input(1, 6, 6),
      "0": conv,
      "1": leaky(18),
      "2": pool,
      "3": flatten,
      "4": affine(2, 2),
      "5": leaky(2),
      output: output(2),
    };
    const chain = ["input", "0", "1", "2", "3", "4", "5", "output"].flatMap((name, k, way): [string, string][] => {
      return k === 0 ? [] : [[way[k - 1] as string, name]];
    });
    const { network } = await read(file(all, ...chain));
    expect(network).toMatchObject({
      input: [1, 6, 6],
      layers: [
        { type: "conv2d", channels: 2, kernel: 3, stride: 2, padding: 1 },
        { type: "globalAvgPool" },
        { type: "dense", units: 2 },
      ],
    });
  });
});

describe("importNir reads what Norse's exporter writes", () => {
  const lif = node("LIF", { tau: [1e-5], v_threshold: [1], v_leak: [0], r: [1], v_reset: [0] });
  const li = node("LI", { tau: [1e-5], v_leak: [0], r: [1] });

  it("a batch in the shapes of input and output, and single numbers for all units", async () => {
    const nodes = { input: input(1, 4), "0": affine(3, 4), "1": lif, "2": affine(2, 3), "3": li, output: output(1, 2) };
    const edges: [string, string][] = [
      ["1", "2"],
      ["3", "output"],
      ["input", "0"],
      ["0", "1"],
      ["2", "3"],
    ];
    const { network } = await read(file(nodes, ...edges), { dt: 1e-6 });
    expect(network).toMatchObject({
      input: 4,
      neuron: { currentDecay: 0, membraneDecay: expect.closeTo(0.9, 7), currentGain: expect.closeTo(0.1, 7) },
    });
    expect(network.layers).toEqual([
      { type: "dense", units: 3 },
      { type: "dense", units: 2, neuron: { type: "leaky" } },
    ]);
  });

  it("neurons at the beginning, and a batch before an image", async () => {
    const iaf = node("IF", { r: [1], v_threshold: [1], v_reset: [0] });
    const nodes = { input: input(1, 4), "0": iaf, "1": affine(2, 4), "2": iaf, output: output(1, 2) };
    const { network } = await read(file(nodes, ["input", "0"], ["0", "1"], ["1", "2"], ["2", "output"]));
    expect(network).toMatchObject({
      input: 4,
      neuron: { membraneDecay: 1 },
      layers: [{ type: "oneToOne" }, { type: "dense", units: 2 }],
    });
    const conv = node(
      "Conv2d",
      { weight: list(4, (k) => k), bias: [0], stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: [1] },
      { weight: [1, 1, 2, 2], bias: [1] },
    );
    const image = await read(
      file(
        { input: input(1, 1, 3, 5), "0": conv, "1": lif, output: output(1, 1, 2, 4) },
        ["input", "0"],
        ["0", "1"],
        ["1", "output"],
      ),
      { dt: 1e-6 },
    );
    expect(image.network).toMatchObject({ input: [1, 3, 5], layers: [{ type: "conv2d", channels: 1, kernel: 2, padding: 0 }] });
  });
});

describe("importNir reads what sinabs's exporter writes", () => {
  const integrating = (units: number) =>
    node("IF", { r: list(units, () => 1), v_threshold: list(units, () => 1) }, { r: [units], v_threshold: [units] });
  const iaf = file(
    {
      input: input(1),
      "0": node("Affine", { weight: [0.35], bias: [0] }, { weight: [1, 1], bias: [1] }),
      "1": integrating(1),
      output: output(1),
    },
    ["input", "0"],
    ["0", "1"],
    ["1", "output"],
  );
  const everyStep = datasets.fromSpikes({ spikes: [{ times: list(30, (step) => step), units: list(30, () => 0) }] });

  it.each([
    ["subtract", [2, 5, 8, 11, 14, 17, 19, 22, 25, 28]],
    [undefined, [2, 5, 8, 11, 14, 17, 20, 23, 26, 29]],
  ] as const)("IF with the reset %s: V ← V + x", async (reset, spikes) => {
    const { network, parameters, approximations } = await read(iaf, reset === undefined ? {} : { reset });
    expect(approximations).toEqual(
      reset === undefined ? [expect.stringContaining("sinabs writes the same for its default")] : [],
    );
    using made = await createNetwork({ network, loss: { type: "count" } }, { parameters });
    const { layers } = await made.predict(everyStep);
    expect([...(layers[0]?.triples() ?? [])].map(([, step]) => step)).toEqual(spikes);
  });

  it("LIF, whose decay is exp(-1/tau) for tau in steps", async () => {
    const lif = node("LIF", { tau: [20], v_threshold: [1], v_leak: [0], r: [1] });
    const nodes = { input: input(4), "0": affine(2, 4), "1": lif, output: output(2) };
    const { network } = await read(file(nodes, ["input", "0"], ["0", "1"], ["1", "output"]), { dt: 1, discretization: "exact" });
    const decay = Math.exp(-1 / 20);
    expect(network.neuron).toMatchObject({
      membraneDecay: expect.closeTo(decay, 10),
      currentGain: expect.closeTo(1 - decay, 10),
    });
  });
});
