// Relations between different networks that need no second implementation: each must give the answer of another one.
import { type Config, createNetwork, datasets, type LayerParameters, type Network, type SpikeTrain } from "spikelet";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../ts/random.js";

const INPUTS = 18;
const STEPS = 25;
const SAMPLES = 7;
const OUTPUTS = 3;

type Rule = NonNullable<Config["rule"]>;
type Layers = Config["network"]["layers"];

const SURROGATE = { scale: 0.8, sharpness: 2 };
const RULES: Rule[] = [
  { type: "activation", variant: "rnn", resetPath: { activation: "full" }, surrogate: { type: "exponential", ...SURROGATE } },
  { type: "antlr", surrogate: { type: "arctan", ...SURROGATE }, slopeFloor: 0.02 },
  { type: "mixture", variant: "slayer", surrogate: { type: "fastSigmoid", ...SURROGATE }, slopeFloor: 0.02 },
  { type: "eventProp", slopeFloor: 0.02 },
];

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

describe("a convolution", () => {
  it.each(RULES.map((rule) => [rule.type, rule] as const))("is a dense layer of tied weights: %s", async (_, rule) => {
    const [channels, height, width, filters, kernel] = [2, 3, 3, 5, 3];
    const places = height * width;
    const after = output();
    const convolution: Layers = [{ type: "conv2d", channels: filters, kernel }, { type: "flatten" }, after];
    const { network: own, ...rest } = configOf(convolution, rule);
    using network = await createNetwork({ ...rest, network: { ...own, input: [channels, height, width] } });
    using dense = await createNetwork(configOf([{ type: "dense", units: filters * places }, after], rule));
    const [first, last] = (await drawn(network)) as [LayerParameters, LayerParameters];
    /** Index of the kernel's weight from an input to a unit; `undefined` where the kernel does not reach. */
    const tied = (unit: number, input: number): number | undefined => {
      const [dy, dx] = [row(input) - row(unit) + 1, (input % width) - (unit % width) + 1];
      if (Math.min(dy, dx) < 0 || Math.max(dy, dx) >= kernel) return undefined;
      return ((Math.floor(unit / places) * channels + Math.floor(input / places)) * kernel + dy) * kernel + dx;
    };
    const row = (place: number) => Math.floor((place % places) / width);
    const pairs = Array.from({ length: filters * places * INPUTS }, (_, k) => tied(Math.floor(k / INPUTS), k % INPUTS));
    const weights = Float32Array.from(pairs, (index) => (index === undefined ? 0 : (first.weights[index] ?? 0)));
    const biases = Float32Array.from({ length: filters * places }, (_, unit) => first.biases[Math.floor(unit / places)] ?? 0);
    await give(dense, [{ weights, biases }, last]);
    const [found, same] = [await network.gradients(data()), await dense.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    const sums = new Float32Array(first.weights.length);
    for (const [k, index] of pairs.entries()) {
      if (index !== undefined) sums[index] = (sums[index] ?? 0) + (same.layers[0]?.weights[k] ?? 0);
    }
    expectClose(sums, found.layers[0]?.weights);
    expectClose(same.layers[1]?.weights, found.layers[1]?.weights);
  });
});

function output(neuron: { reset?: "subtract" } = {}) {
  return { type: "dense" as const, units: OUTPUTS, neuron };
}

/** Without anything that is not linear in the samples; gains are powers of two, so that sums of drawn weights are exact. */
function configOf(layers: Layers, rule: Rule): Config {
  return {
    network: { input: INPUTS, steps: STEPS, neuron: { currentDecay: 0.8, membraneDecay: 0.9, currentGain: 0.5 }, layers },
    rule,
    // Its count term alone has a gradient for the rule `activation`, its times alone for `eventProp`.
    loss: { type: "latency", inverseTemperature: 0.3, endSimulation: "off", targetCount: { scope: "all", positive: 3 } },
    training: { gradientClip: null, silentUnitUpdate: { strength: 0 }, threads: 1 },
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

/** Gives a network weights that are multiples of 1/64, so that the order of a sum does not matter, and of which all layers fire. */
async function drawn(network: Network): Promise<LayerParameters[]> {
  const draw = mulberry32(7);
  const parameters = (await network.parameters()).map(({ weights, biases, learnt }) => ({
    weights: weights.map(() => Math.round(64 * (draw() - 0.35)) / 64),
    biases: biases.map(() => 0.02 * draw()),
    ...(learnt && { learnt }),
  }));
  await give(network, parameters);
  return parameters;
}

async function give(network: Network, parameters: readonly LayerParameters[]): Promise<void> {
  for (const [layer, given] of parameters.entries()) await network.setParameters(layer, given);
}

/** Random spikes and labels; `place` says which inputs fire in place of each. */
function data(place: (input: number) => readonly number[] = (input) => [input]) {
  const draw = mulberry32(3);
  const spikes = Array.from({ length: SAMPLES }, (): SpikeTrain => {
    const events = Array.from({ length: STEPS * INPUTS }, (_, k) => ({ k, fires: draw() < 0.06 })).filter(({ fires }) => fires);
    const all = events.flatMap(({ k }) => place(k % INPUTS).map((unit) => ({ time: Math.floor(k / INPUTS), unit })));
    return { times: all.map(({ time }) => time), units: all.map(({ unit }) => unit) };
  });
  return datasets.fromSpikes({ spikes, labels: Array.from({ length: SAMPLES }, (_, sample) => sample % OUTPUTS) });
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

/** To within rounding of sums, measured by the largest number. */
function expectClose(found: Float32Array = new Float32Array(), expected: Float32Array = new Float32Array()): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const off = expected.findIndex((value, k) => !(Math.abs(value - (found[k] ?? 0)) <= 1e-5 * largest));
  expect({ off, found: found[off] }).toEqual({ off: -1, found: undefined });
}
