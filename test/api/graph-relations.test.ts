// Relations between networks run as chains and as graphs, and between whole and split layers of images.
import { type Config, createNetwork, type LayerParameters, type Network } from "spikelet";
import { describe, expect, it } from "vitest";
import {
  configOf,
  data,
  drawn,
  expectClose,
  give,
  INPUTS,
  type Layers,
  OUTPUTS,
  output,
  RULES,
  type Rule,
} from "../support/relations.js";

type Input = Config["network"]["input"];

const EACH_RULE = RULES.map((rule) => [rule.type, rule] as const);
const IMAGE: Input = [2, 3, 3];

async function networkOf(layers: Layers, rule: Rule, input: Input = INPUTS): Promise<Network> {
  const { network, ...rest } = configOf(layers, rule);
  return createNetwork({ ...rest, network: { ...network, input } });
}

/** Chains, with the input of a further one to their last layer. */
const CHAINS: Record<string, { input: Input; layers: Layers }> = {
  dense: {
    input: INPUTS,
    layers: [
      { type: "dense", units: 17 },
      { type: "dense", units: 20, neuron: { reset: "membrane" } },
    ],
  },
  adaptive: {
    input: INPUTS,
    layers: [
      { type: "dense", units: 17, neuron: { type: "alif", adaptationDecay: 0.8, adaptationStrength: 0.25 } },
      { type: "dense", units: 16, neuron: { type: "adlif", spikeCoupling: 0.5, subthresholdCoupling: 0.25 } },
    ],
  },
  delayed: {
    input: INPUTS,
    layers: [
      { type: "dense", units: 17, delays: { by: "connection", max: 4, learn: true } },
      { type: "dense", units: 16, delays: { by: "input", max: 3, learn: true } },
    ],
  },
  convolutional: {
    input: IMAGE,
    layers: [
      { type: "conv2d", channels: 5, kernel: 3 },
      { type: "avgPool2d", window: 2, stride: 1 },
      { type: "conv2d", channels: 6, kernel: 2, padding: 1 },
      { type: "maxPool2d", window: 2 },
      { type: "flatten" },
    ],
  },
  "of sequences": {
    input: [2, 9],
    layers: [
      { type: "conv1d", channels: 4, kernel: 3, stride: 2, padding: 1 },
      { type: "conv1d", channels: 6, kernel: 3, groups: 2 },
      { type: "globalAvgPool" },
    ],
  },
};

const CHAIN_CASES = Object.entries(CHAINS).flatMap(([name, chain]) =>
  RULES.map((rule) => [`${name}, ${rule.type}`, chain, rule] as const),
);

describe("a chain", () => {
  it.each(CHAIN_CASES)(
    "run as a graph, with an input of weights 0 more, answers and learns alike: %s",
    async (_, { input, layers }, rule) => {
      const places = Array.isArray(input) ? [{ type: "flatten" as const, name: "whole", from: "input" }] : [];
      const from = Array.isArray(input) ? "whole" : "input";
      const last = layers.length - 1;
      const named = layers.map((layer, k) => (k === last ? { ...layer, name: "last" } : layer));
      const first = named[0] as Layers[number];
      using chain = await networkOf([...layers, output()], rule, input);
      using graph = await networkOf(
        [
          ...places,
          { ...first, from: "input" },
          ...named.slice(1),
          { ...output(), from: "last", inputs: [{ type: "dense", from }] },
        ],
        rule,
        input,
      );
      const parameters = await drawn(chain);
      const silent = { weights: new Float32Array(OUTPUTS * INPUTS) };
      await give(
        graph,
        parameters.map((given, layer) => (layer + 1 < parameters.length ? given : { ...given, inputs: [silent] })),
      );
      const [found, same] = [await chain.gradients(data()), await graph.gradients(data())];
      expect(same.prediction).toEqual(found.prediction);
      expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
      for (const [layer, { weights, biases, learnt }] of found.layers.entries()) {
        expectClose(same.layers[layer]?.weights, weights);
        expectClose(same.layers[layer]?.biases, biases);
        if (learnt?.delays) expectClose(same.layers[layer]?.learnt?.delays, learnt.delays);
      }
    },
  );
});

describe("a hidden layer", () => {
  it.each(EACH_RULE)("that is there twice does what weights of twice the size do: %s", async (_, rule) => {
    using once = await networkOf([{ type: "dense", units: 20 }, output()], rule);
    using twice = await networkOf(
      [
        { type: "dense", units: 20, name: "a" },
        { type: "dense", units: 20, name: "b", from: "input" },
        { ...output(), from: ["a", "b"] },
      ],
      rule,
    );
    const [hidden, last] = (await drawn(once)) as [LayerParameters, LayerParameters];
    await give(twice, [hidden, hidden, { ...last, weights: last.weights.map((weight) => weight / 2) }]);
    const [found, same] = [await once.gradients(data()), await twice.gradients(data())];
    expect(same.prediction.layers).toEqual([found.prediction.layers[0], ...found.prediction.layers]);
    const [ofHidden, ofLast] = found.layers as [LayerParameters, LayerParameters];
    expectClose(
      same.layers[2]?.weights,
      ofLast.weights.map((value) => 2 * value),
    );
    for (const part of [0, 1])
      expectClose(
        same.layers[part]?.weights,
        ofHidden.weights.map((value) => value / 2),
      );
  });
});

describe("a convolution", () => {
  const TAPS = 9;
  const [FIRST, SECOND] = [5, 4];

  it.each(EACH_RULE)("of two parts of a layer's channels is that of all of them: %s", async (_, rule) => {
    const [whole, part] = [FIRST, 2];
    const conv = (channels: number) => ({ type: "conv2d" as const, channels, kernel: 3 });
    const tail: Layers = [{ type: "flatten" }, output()];
    using chain = await networkOf([conv(whole), conv(SECOND), ...tail], rule, IMAGE);
    using split = await networkOf(
      [
        { ...conv(part), name: "a" },
        { ...conv(whole - part), name: "b", from: "input" },
        { ...conv(SECOND), from: "a", inputs: [{ type: "conv2d", kernel: 3, from: "b" }] },
        ...tail,
      ],
      rule,
      IMAGE,
    );
    const [below, above, last] = (await drawn(chain)) as [LayerParameters, LayerParameters, LayerParameters];
    /** Weights `[filter][channel][tap]` of some channels. */
    const ofChannels = (weights: Float32Array, from: number, to: number) =>
      weights.filter((_, k) => Math.floor(k / TAPS) % whole >= from && Math.floor(k / TAPS) % whole < to);
    const filters = ({ weights, biases }: LayerParameters, from: number, to: number) => ({
      weights: weights.slice((from * weights.length) / whole, (to * weights.length) / whole),
      biases: biases.slice(from, to),
    });
    const parts = {
      weights: ofChannels(above.weights, 0, part),
      biases: above.biases,
      inputs: [{ weights: ofChannels(above.weights, part, whole) }],
    };
    await give(split, [filters(below, 0, part), filters(below, part, whole), parts, last]);
    const [found, same] = [await chain.gradients(data()), await split.gradients(data())];
    expect(same.prediction.layers.slice(2)).toEqual(found.prediction.layers.slice(1));
    expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
    const [ofBelow, ofAbove, ofLast] = found.layers as [LayerParameters, LayerParameters, LayerParameters];
    expectClose(same.layers[0]?.weights, filters(ofBelow, 0, part).weights);
    expectClose(same.layers[1]?.weights, filters(ofBelow, part, whole).weights);
    expectClose(same.layers[2]?.weights, ofChannels(ofAbove.weights, 0, part));
    expectClose(same.layers[2]?.inputs?.[0]?.weights, ofChannels(ofAbove.weights, part, whole));
    expectClose(same.layers[3]?.weights, ofLast.weights);
  });

  it.each(EACH_RULE)("of one tap and as many groups as channels is one-to-one by channel: %s", async (_, rule) => {
    const skip = (input: { type: "oneToOne"; by: "channel" } | { type: "conv2d"; kernel: 1; groups: number }): Layers => [
      { name: "a", type: "conv2d", channels: FIRST, kernel: 3 },
      { type: "conv2d", channels: FIRST, kernel: 3, inputs: [{ ...input, from: "a" }] },
      { type: "flatten" },
      output(),
    ];
    using single = await networkOf(skip({ type: "oneToOne", by: "channel" }), rule, IMAGE);
    using depthwise = await networkOf(skip({ type: "conv2d", kernel: 1, groups: FIRST }), rule, IMAGE);
    await give(depthwise, await drawn(single));
    expect(await depthwise.gradients(data())).toEqual(await single.gradients(data()));
  });
});
