import { type Config, createNetwork, type LayerParameters, outline, summary } from "spikelet";
import { describe, expect, it } from "vitest";

type Layers = Config["network"]["layers"];

const count = ({ weights, biases, learnt = {}, inputs = [] }: LayerParameters) =>
  [
    weights,
    biases,
    ...Object.values(learnt),
    ...inputs.flatMap(({ weights, learnt = {} }) => [weights, ...Object.values(learnt)]),
  ].reduce((sum, { length }) => sum + length, 0);

const NETWORKS: Record<string, Config["network"]> = {
  "a chain with delays and learnt constants": {
    input: 6,
    neuron: { learn: ["threshold"], membraneDecay: [0.9, 0.8, 0.7] },
    layers: [
      { type: "dense", units: 3, recurrent: true, delays: { max: 3 }, neuron: { learn: ["membraneDecay", "threshold"] } },
      { type: "dense", units: 3, delays: { by: "connection", max: 2, learn: true } },
    ],
  },
  images: {
    input: [2, 9, 8],
    layers: [
      { type: "conv2d", channels: 6, kernel: [3, 2], stride: [2, 1], padding: [1, 0], groups: 2 },
      { type: "conv2d", channels: 4, kernel: 2, dilation: [1, 2], padding: "valid" },
      { type: "oneToOne", by: "channel" },
      { type: "maxPool2d", window: 2, stride: 1 },
      { type: "globalAvgPool" },
      { type: "oneToOne" },
      { type: "dense", units: 2 },
    ],
  },
  sequences: {
    input: [3, 20],
    layers: [
      { name: "a", type: "conv1d", channels: 4, kernel: 3 },
      { type: "conv1d", channels: 4, kernel: 5, inputs: [{ type: "conv1d", from: "a", kernel: 1, groups: 4 }] },
      { type: "avgPool1d", window: 3, stride: 2 },
      { type: "flatten" },
      { type: "dense", units: 2 },
    ],
  },
  "a graph": {
    input: 6,
    layers: [
      {
        name: "a",
        type: "dense",
        units: 4,
        recurrent: true,
        delays: { max: 3 },
        inputs: [{ type: "dense", from: "b", delays: { max: 2 } }],
      },
      {
        name: "b",
        type: "dense",
        units: 4,
        inputs: [
          { type: "oneToOne", from: "a", learn: false },
          { type: "dense", from: "input" },
        ],
      },
      { type: "dense", units: 2, from: ["a", "b"] },
    ],
  },
};

describe("the outline of a network", () => {
  it.each(Object.entries(NETWORKS))("has sizes and parameters as the network has them: %s", async (_, network) => {
    using made = await createNetwork({ network });
    const spiking = outline(made).layers.filter((layer) => layer.spiking !== null);
    const units = ({ shape }: { shape: number[] }) => shape.reduce((product, length) => product * length, 1);
    expect(spiking.map(units)).toEqual(made.info.layers.map((layer) => layer.units));
    expect(spiking.map(({ parameters }) => parameters)).toEqual((await made.parameters()).map(count));
    expect(spiking.map((layer) => layer.spiking)).toEqual(made.info.layers.map((_, layer) => layer));
  });

  it("names sources, and says what is one step late", async () => {
    using made = await createNetwork({ network: NETWORKS["a graph"] as Config["network"] });
    const source = (name: string, layer: number | null, isFeedback = false) => ({ name, layer, isFeedback });
    expect(outline(made)).toMatchObject({
      input: [6],
      layers: [
        {
          name: "a",
          text: "dense, recurrent, delays",
          from: [source("input", null)],
          further: [
            { text: "dense", from: [source("a", 0, true)] },
            { text: "dense, delays", from: [source("b", 1, true)] },
          ],
        },
        {
          name: "b",
          text: "dense",
          from: [source("a", 0)],
          further: [
            { text: "oneToOne, fixed", from: [source("a", 0)] },
            { text: "dense", from: [source("input", null)] },
          ],
        },
        { name: "layer 2", text: "dense", from: [source("a", 0), source("b", 1)], further: [] },
      ],
    });
    expect(() => outline({} as never)).toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
  });
});

it("the summary of a graph says where spikes come from, with a row for each further input", async () => {
  using made = await createNetwork({ network: { ...(NETWORKS["a graph"] as Config["network"]), steps: 40 } });
  const [table = ""] = (await summary(made)).split("\n\n");
  expect(table.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["layer", "type", "from", "units", "parameters"],
    ["input", "6"],
    ["0", 'dense, recurrent, delays, "a"', "input", "4", "74"],
    ["+ dense, delays", "b one step later"],
    ["1", 'dense, "b"', "a", "4", "48"],
    ["+ oneToOne, fixed", "a"],
    ["+ dense", "input"],
    ["2", "dense", "a + b", "2", "10"],
    ["sum", "40 steps", "132"],
  ]);
});

it("the summary shows no sign of a name that a terminal would obey", async () => {
  const layers: Layers = [
    { name: "a\u001b[31mb\u0007", type: "dense", units: 2 },
    { type: "dense", units: 1 },
  ];
  using made = await createNetwork({ network: { input: 2, steps: 4, layers } });
  const text = await summary(made);
  expect(text).toContain('"a\ufffd[31mb\ufffd"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

it("layers of other neurons say which", async () => {
  const layers: Layers = [
    { type: "dense", units: 3, neuron: { type: "alif" } },
    { type: "dense", units: 2, neuron: { type: "leaky" } },
  ];
  using made = await createNetwork({ network: { input: 4, steps: 10, layers }, loss: { type: "membrane" } });
  expect(outline(made).layers.map(({ text }) => text)).toEqual(["dense, alif", "dense, leaky"]);
});
