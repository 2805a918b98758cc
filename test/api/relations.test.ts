// Relations between different networks that need no second implementation: each must give the answer of another one.
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
  output,
  RULES,
  type Rule,
  SAMPLES,
  SURROGATE,
} from "../support/relations.js";

const NETWORKS: Record<string, Layers> = {
  dense: [{ type: "dense", units: 17 }, { type: "dense", units: 20, neuron: { reset: "membrane" } }, output()],
  "adaptive and recurrent": [
    { type: "dense", units: 20, recurrent: true, neuron: { type: "alif", adaptationDecay: 0.8, adaptationStrength: 0.25 } },
    output({ reset: "subtract" }),
  ],
  "with delays": [
    { type: "dense", units: 17, delays: { by: "connection", max: 4, learn: true } },
    { ...output(), delays: { by: "input", max: 3, learn: true } },
  ],
};

const CASES = Object.entries(NETWORKS).flatMap(([name, layers]) =>
  RULES.map((rule) => [`${name}, ${rule.type}`, configOf(layers, rule)] as const),
);

describe("a network", () => {
  it.each(CASES)("of scaled weights and thresholds fires at the same steps: %s", async (_, config) => {
    const scale = 4;
    using network = await createNetwork(config);
    using scaled = await createNetwork(scaledConfig(config, scale));
    const parameters = await drawn(network);
    await give(
      scaled,
      parameters.map(({ weights, biases, ...rest }) => ({
        weights: times(weights, scale),
        biases: times(biases, scale),
        ...rest,
      })),
    );
    const [found, other] = [await network.gradients(data()), await scaled.gradients(data())];
    expect(other.prediction.layers).toEqual(found.prediction.layers);
    expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
    for (const [layer, { weights, biases, learnt }] of found.layers.entries()) {
      expectClose(times(other.layers[layer]?.weights, scale), weights);
      expectClose(times(other.layers[layer]?.biases, scale), biases);
      if (learnt?.delays) expectClose(other.layers[layer]?.learnt?.delays, learnt.delays);
    }
  });

  it.each(CASES)("whose inputs change places has the same bits: %s", async (_, config) => {
    using network = await createNetwork(config);
    using other = await createNetwork(config);
    const place = (input: number) => (5 * input + 3) % INPUTS;
    const order = Array.from({ length: INPUTS }, (_, k) => [...Array(INPUTS).keys()].findIndex((input) => place(input) === k));
    // Behind the inputs, a row has the weights of the layer's own spikes.
    const moved = (given: LayerParameters) => byInput(given, (row) => row.map((_, k) => row[order[k] ?? k] ?? 0));
    const [first, ...rest] = await drawn(network);
    await give(other, [moved(first as LayerParameters), ...rest]);
    const found = await network.gradients(data());
    const same = await other.gradients(data((input) => [place(input)]));
    expect(same.prediction).toEqual(found.prediction);
    expect(same.layers).toEqual(found.layers.map((layer, k) => (k === 0 ? moved(layer) : layer)));
  });

  it.each(CASES)("in which two inputs share what one did has the same bits: %s", async (_, config) => {
    using network = await createNetwork(config);
    using other = await createNetwork({ ...config, network: { ...config.network, input: INPUTS + 1 } });
    const [first, ...rest] = (await drawn(network)) as [LayerParameters, ...LayerParameters[]];
    const inserted = (row: Float32Array, value = 0) => [...row.subarray(0, INPUTS), value, ...row.subarray(INPUTS)];
    const copied = (row: Float32Array) => inserted(row, row[2]);
    const shared = (row: Float32Array) => inserted(row, 0.375).map((weight, k) => (k === 2 ? weight - 0.375 : weight));
    const { weights, biases } = byInput(first, shared);
    const { learnt } = byInput(first, copied);
    await give(other, [{ weights, biases, ...(learnt && { learnt }) }, ...rest]);
    const found = await network.gradients(data());
    const same = await other.gradients(data((input) => (input === 2 ? [2, INPUTS] : [input])));
    expect(same.prediction).toEqual(found.prediction);
    expect(same.layers.slice(1)).toEqual(found.layers.slice(1));
    expect(same.layers[0]?.weights).toEqual(byInput(found.layers[0] as LayerParameters, copied).weights);
  });

  it.each(CASES)("has the mean of the gradients of a batch's parts: %s", async (_, config) => {
    using network = await createNetwork(config);
    await drawn(network);
    const whole = await network.gradients(data());
    const parts = [
      [0, 4],
      [4, 5],
      [5, SAMPLES],
    ] as const;
    const found = await Promise.all(parts.map(([start, end]) => network.gradients(data().slice(start, end))));
    for (const [layer, { weights }] of whole.layers.entries()) {
      const mean = weights.map((_, k) =>
        parts.reduce((sum, [start, end], p) => sum + ((found[p]?.layers[layer]?.weights[k] ?? 0) * (end - start)) / SAMPLES, 0),
      );
      expectClose(mean, weights);
    }
  });
});

/** Convolutions of 18 inputs, with the size of their output. */
const CONVOLUTIONS: Record<string, { input: Sizes; layer: Convolution; output: [number, number] }> = {
  "of the same size": { input: [2, 3, 3], layer: { type: "conv2d", channels: 5, kernel: 3 }, output: [3, 3] },
  "of stride 2": {
    input: [1, 3, 6],
    layer: { type: "conv2d", channels: 5, kernel: [2, 3], stride: 2, padding: [1, 0] },
    output: [2, 2],
  },
  "with gaps": {
    input: [2, 3, 3],
    layer: { type: "conv2d", channels: 6, kernel: 2, stride: [1, 3], padding: 1, dilation: [1, 2], groups: 2 },
    output: [4, 1],
  },
  "that is valid": { input: [2, 3, 3], layer: { type: "conv2d", channels: 5, kernel: [2, 1], padding: "valid" }, output: [2, 3] },
  "of an even kernel": { input: [2, 3, 3], layer: { type: "conv2d", channels: 5, kernel: [2, 4] }, output: [3, 3] },
  "of a sequence": {
    input: [2, 9],
    layer: { type: "conv1d", channels: 6, kernel: 3, stride: 2, padding: 2, groups: 2, dilation: 2 },
    output: [1, 5],
  },
};

type Sizes = [number, number] | [number, number, number];
type Convolution = Extract<Layers[number], { type: "conv2d" | "conv1d" }>;

const CONVOLUTION_CASES = Object.entries(CONVOLUTIONS).flatMap(([name, of]) =>
  RULES.map((rule) => [`${name}, ${rule.type}`, of, rule] as const),
);

const WIDE_CASES = [
  [[2, 3, 3], "same"],
  [[1, 3, 6], "valid"],
  [
    [1, 3, 6],
    [2, 0],
  ],
].flatMap(([input, padding]) =>
  RULES.map(
    (rule) =>
      [`${input}, ${padding}, ${rule.type}`, input as Sizes, padding as NonNullable<Convolution["padding"]>, rule] as const,
  ),
);

describe("a convolution", () => {
  it.each(CONVOLUTION_CASES)("is a dense layer of tied weights: %s", async (_, { input, layer, output: size }, rule) => {
    const places = size[0] * size[1];
    const filters = layer.channels;
    const after = output();
    using network = await convolutional(input, [layer, { type: "flatten" }, after], rule);
    using dense = await createNetwork(configOf([{ type: "dense", units: filters * places }, after], rule));
    const [first, last] = (await drawn(network)) as [LayerParameters, LayerParameters];
    const tied = tiedWeights(input, layer, size);
    const pairs = Array.from({ length: filters * places * INPUTS }, (_, k) => tied(Math.floor(k / INPUTS), k % INPUTS));
    const weights = Float32Array.from(pairs, (index) => (index === undefined ? 0 : (first.weights[index] ?? 0)));
    const biases = Float32Array.from({ length: filters * places }, (_, unit) => first.biases[Math.floor(unit / places)] ?? 0);
    await give(dense, [{ weights, biases }, last]);
    const [found, same] = [await network.gradients(data()), await dense.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
    const sums = new Float32Array(first.weights.length);
    for (const [k, index] of pairs.entries()) {
      if (index !== undefined) sums[index] = (sums[index] ?? 0) + (same.layers[0]?.weights[k] ?? 0);
    }
    expectClose(sums, found.layers[0]?.weights);
    expectClose(same.layers[1]?.weights, found.layers[1]?.weights);
  });

  it.each(RULES.map((rule) => [rule.type, rule] as const))("with gaps is one of a larger kernel: %s", async (_, rule) => {
    await expectPart(rule, { kernel: [3, 2], dilation: [1, 3] }, { kernel: [3, 4] }, ([y, x], group) => ({
      group,
      place: y * 4 + 3 * x,
    }));
  });

  it.each(WIDE_CASES)(
    "whose channels fill tiles is one with another channel that is silent: %s",
    async (_, input, padding, rule) => {
      const [channels, taps] = [64, 9];
      const layers = (below: number): Layers => [
        { type: "conv2d", channels: below, kernel: 3 },
        { type: "conv2d", channels, kernel: 3, padding },
        { type: "flatten" },
        output(),
      ];
      using network = await convolutional(input, layers(channels), rule);
      using other = await convolutional(input, layers(channels + 1), rule);
      const [below, second, last] = (await drawn(network)) as [LayerParameters, LayerParameters, LayerParameters];
      // Sums of so many drawn weights would lie far above the threshold, where a surrogate gradient is next to nothing.
      const weights = second.weights.map((weight) => (weight - 0.15625) / 8);
      await network.setParameters(1, { weights, biases: second.biases });
      const rows = channels * taps;
      const spread = new Float32Array(channels * (rows + taps));
      for (let filter = 0; filter < channels; filter++)
        spread.set(weights.subarray(filter * rows, (filter + 1) * rows), filter * (rows + taps));
      const padded = (numbers: Float32Array, more: number) => Float32Array.from([...numbers, ...new Float32Array(more)]);
      const first = {
        weights: padded(below.weights, below.weights.length / channels),
        biases: padded(below.biases, 1),
      };
      await give(other, [first, { weights: spread, biases: second.biases }, last]);
      const [found, same] = [await network.gradients(data()), await other.gradients(data())];
      expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
      expect(same.prediction.layers.slice(1)).toEqual(found.prediction.layers.slice(1));
      expectClose(same.layers[0]?.weights.subarray(0, below.weights.length), found.layers[0]?.weights);
      const shared = weights.map(
        (_, k) => same.layers[1]?.weights[Math.floor(k / rows) * (rows + taps) + (k % rows)] ?? Number.NaN,
      );
      expectClose(shared, found.layers[1]?.weights);
    },
  );

  it.each(RULES.map((rule) => [rule.type, rule] as const))("of groups is one whose channels see fewer: %s", async (_, rule) => {
    await expectPart(rule, { kernel: [3, 2], groups: 2 }, { kernel: [3, 2] }, ([y, x], group) => ({ group, place: y * 2 + x }));
  });
});

/**
 * Two convolutions, one above the other: one is the other with some weights only, the rest of which are 0. Both have the same spikes,
 * and the same gradients of the weights that they share.
 */
async function expectPart(
  rule: Rule,
  part: Partial<Convolution>,
  whole: { kernel: [number, number] },
  placeOf: (tap: [number, number], channel: number) => { group: number; place: number },
): Promise<void> {
  const [channels, filters, taps] = [4, 6, whole.kernel[0] * whole.kernel[1]];
  const first: Convolution = { type: "conv2d", channels, kernel: 3 };
  const tail: Layers = [{ type: "flatten" }, output()];
  const partly = { type: "conv2d", channels: filters, ...part } as Convolution;
  using network = await convolutional([2, 3, 3], [first, partly, ...tail], rule);
  using other = await convolutional([2, 3, 3], [first, { type: "conv2d", channels: filters, ...whole }, ...tail], rule);
  const [below, second, last] = (await drawn(network)) as [LayerParameters, LayerParameters, LayerParameters];
  const groups = partly.groups ?? 1;
  const perGroup = channels / groups;
  const [height, width] = partly.kernel as [number, number];
  const places = Array.from({ length: second.weights.length }, (_, k) => {
    const [filter, inGroup] = [Math.floor(k / (perGroup * height * width)), Math.floor(k / (height * width)) % perGroup];
    const { group, place } = placeOf([Math.floor(k / width) % height, k % width], Math.floor((filter * groups) / filters));
    return (filter * channels + group * perGroup + inGroup) * taps + place;
  });
  const weights = new Float32Array(filters * channels * taps);
  for (const [k, place] of places.entries()) weights[place] = second.weights[k] ?? 0;
  await give(other, [below, { weights, biases: second.biases }, last]);
  const [found, same] = [await network.gradients(data()), await other.gradients(data())];
  expect(same.prediction).toEqual(found.prediction);
  expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
  const shared = Float32Array.from(places, (place) => same.layers[1]?.weights[place] ?? 0);
  expectClose(shared, found.layers[1]?.weights);
  expectClose(same.layers[0]?.weights, found.layers[0]?.weights);
}

async function convolutional(input: Sizes, layers: Layers, rule: Rule): Promise<Network> {
  const { network, ...rest } = configOf(layers, rule);
  return createNetwork({ ...rest, network: { ...network, input } });
}

/** Index of the kernel's weight from an input to a unit; `undefined` where the kernel does not reach. */
function tiedWeights(input: Sizes, layer: Convolution, [rows, columns]: [number, number]) {
  const [channels, height, width] = input.length === 2 ? [input[0], 1, input[1]] : input;
  const pair = (size: number | number[] | undefined, first: number): [number, number] => {
    const [height = 1, width = height] = [size ?? 1].flat();
    return layer.type === "conv1d" ? [first, height] : [height, width];
  };
  const [kernel, stride, dilation] = [pair(layer.kernel, 1), pair(layer.stride, 1), pair(layer.dilation, 1)];
  const { padding = "same", groups = 1 } = layer;
  const same = kernel.map((taps, axis) => Math.floor(((dilation[axis] ?? 1) * (taps - 1)) / 2));
  const zeros = padding === "same" ? same : padding === "valid" ? [0, 0] : pair(padding, 0);
  const tap = (axis: 0 | 1, out: number, at: number): number | undefined => {
    const steps = (at + (zeros[axis] ?? 0) - out * stride[axis]) / dilation[axis];
    return Number.isInteger(steps) && steps >= 0 && steps < kernel[axis] ? steps : undefined;
  };
  return (unit: number, place: number): number | undefined => {
    const [filter, channel] = [Math.floor(unit / (rows * columns)), Math.floor(place / (height * width))];
    const group = Math.floor((filter * groups) / layer.channels);
    const inGroup = channel - (group * channels) / groups;
    const ky = tap(0, Math.floor(unit / columns) % rows, Math.floor(place / width) % height);
    const kx = tap(1, unit % columns, place % width);
    if (ky === undefined || kx === undefined || inGroup < 0 || inGroup >= channels / groups) return undefined;
    return ((filter * (channels / groups) + inGroup) * kernel[0] + ky) * kernel[1] + kx;
  };
}

/** The configuration in another unit of the membrane. */
function scaledConfig({ network, rule, ...rest }: Config, scale: number): Config {
  const layers = network.layers.map((layer) => {
    if (layer.type !== "dense" || layer.neuron?.adaptationStrength === undefined) return layer;
    return { ...layer, neuron: { ...layer.neuron, adaptationStrength: scale * (layer.neuron.adaptationStrength as number) } };
  });
  const scaled = { ...rule } as { surrogate?: object; slopeFloor?: number };
  if (scaled.surrogate !== undefined) {
    scaled.surrogate = { ...scaled.surrogate, scale: SURROGATE.scale / scale, sharpness: SURROGATE.sharpness / scale };
  }
  if (scaled.slopeFloor !== undefined) scaled.slopeFloor *= scale;
  return { ...rest, rule: scaled as Rule, network: { ...network, neuron: { ...network.neuron, threshold: scale }, layers } };
}

/** The parameters of a first layer with another row of weights, and of delays of connections, for each unit. */
function byInput(given: LayerParameters, change: (row: Float32Array) => ArrayLike<number>): LayerParameters {
  const units = given.biases.length;
  const changed = (values: Float32Array) => {
    const width = values.length / units;
    const rows = Array.from({ length: units }, (_, unit) => change(values.subarray(unit * width, (unit + 1) * width)));
    return Float32Array.from(rows.flatMap((row) => Array.from(row)));
  };
  const delays = given.learnt?.delays;
  return { ...given, weights: changed(given.weights), ...(delays && { learnt: { ...given.learnt, delays: changed(delays) } }) };
}

function times(values: Float32Array | undefined, factor: number): Float32Array {
  return (values ?? new Float32Array()).map((value) => factor * value);
}
