// Networks beyond a chain: what they must have in common with chains, and what is refused.
import { type Config, createNetwork, createTrainer, type LayerParameters, type Network, restoreTrainer } from "spikelet";
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

const UNITS = 20;

const EACH_RULE = RULES.map((rule) => [rule.type, rule] as const);

async function networkOf(layers: Layers, rule: Rule): Promise<Network> {
  const { network, ...rest } = configOf(layers, rule);
  return createNetwork({ ...rest, network });
}

/** Columns of weights `[unit][inputs]` from one to another. */
function columns(weights: Float32Array, units: number, from: number, to: number): Float32Array {
  const width = weights.length / units;
  return Float32Array.from({ length: units * (to - from) }, (_, k) => {
    return weights[Math.floor(k / (to - from)) * width + from + (k % (to - from))] ?? 0;
  });
}

/** Rows of weights `[unit][inputs]` from one unit to another. */
function rows(weights: Float32Array, units: number, from: number, to: number): Float32Array {
  const width = weights.length / units;
  return weights.slice(from * width, to * width);
}

const CHAIN: Layers = [{ type: "dense", units: UNITS }, output()];

describe("a graph", () => {
  it.each(EACH_RULE)("that names the layers of a chain has its bits: %s", async (_, rule) => {
    using chain = await networkOf(CHAIN, rule);
    using named = await networkOf(
      [
        { type: "dense", units: UNITS, name: "hidden", from: "input" },
        { ...output(), from: ["hidden"] },
      ],
      rule,
    );
    await give(named, await drawn(chain));
    expect(await named.gradients(data())).toEqual(await chain.gradients(data()));
  });

  it.each(EACH_RULE)("with a hidden layer in two parts is the chain with the whole: %s", async (_, rule) => {
    using chain = await networkOf(CHAIN, rule);
    using parts = await networkOf(
      [
        { type: "dense", units: 13, name: "a" },
        { type: "dense", units: UNITS - 13, name: "b", from: "input" },
        { ...output(), from: "a", inputs: [{ type: "dense", from: "b" }] },
      ],
      rule,
    );
    const [hidden, last] = (await drawn(chain)) as [LayerParameters, LayerParameters];
    const part = (from: number, to: number) => ({
      weights: rows(hidden.weights, UNITS, from, to),
      biases: hidden.biases.slice(from, to),
    });
    const split = {
      weights: columns(last.weights, OUTPUTS, 0, 13),
      biases: last.biases,
      inputs: [{ weights: columns(last.weights, OUTPUTS, 13, UNITS) }],
    };
    await give(parts, [part(0, 13), part(13, UNITS), split]);
    const [found, same] = [await chain.gradients(data()), await parts.gradients(data())];
    expect(same.prediction.layers[2]).toEqual(found.prediction.layers[1]);
    expect(same.prediction.classes).toEqual(found.prediction.classes);
    expect(found.prediction.layers.map(({ times }) => times.length > 0)).not.toContain(false);
    const [ofHidden, ofLast] = found.layers as [LayerParameters, LayerParameters];
    expectClose(same.layers[0]?.weights, rows(ofHidden.weights, UNITS, 0, 13));
    expectClose(same.layers[1]?.weights, rows(ofHidden.weights, UNITS, 13, UNITS));
    expectClose(same.layers[2]?.weights, columns(ofLast.weights, OUTPUTS, 0, 13));
    expectClose(same.layers[2]?.inputs?.[0]?.weights, columns(ofLast.weights, OUTPUTS, 13, UNITS));
  });

  it.each(EACH_RULE)("whose layer feeds itself is a recurrent one: %s", async (_, rule) => {
    using recurrent = await networkOf([{ type: "dense", units: UNITS, recurrent: true }, output()], rule);
    using fed = await networkOf(
      [{ type: "dense", units: UNITS, name: "a", inputs: [{ type: "dense", from: "a" }] }, output()],
      rule,
    );
    const [hidden, last] = (await drawn(recurrent)) as [LayerParameters, LayerParameters];
    const split = ({ weights, biases }: LayerParameters) => ({
      weights: columns(weights, UNITS, 0, INPUTS),
      biases,
      inputs: [{ weights: columns(weights, UNITS, INPUTS, INPUTS + UNITS) }],
    });
    await give(fed, [split(hidden), last]);
    const [found, same] = [await recurrent.gradients(data()), await fed.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    const expected = split(found.layers[0] as LayerParameters);
    expectClose(same.layers[0]?.weights, expected.weights);
    expectClose(same.layers[0]?.inputs?.[0]?.weights, expected.inputs[0]?.weights);
  });

  it.each(EACH_RULE)("in which two sources add has the spikes of both in one input: %s", async (_, rule) => {
    using added = await networkOf(
      [
        { type: "dense", units: UNITS, name: "a" },
        { type: "dense", units: UNITS, name: "b" },
        { ...output(), from: ["a", "b"] },
      ],
      rule,
    );
    using apart = await networkOf(
      [
        { type: "dense", units: UNITS, name: "a" },
        { type: "dense", units: UNITS, name: "b" },
        { ...output(), from: "a", inputs: [{ type: "dense", from: "b" }] },
      ],
      rule,
    );
    const [a, b, last] = (await drawn(added)) as [LayerParameters, LayerParameters, LayerParameters];
    await give(apart, [a, b, { ...last, inputs: [{ weights: last.weights }] }]);
    const [found, same] = [await added.gradients(data()), await apart.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    expectClose(same.layers[0]?.weights, found.layers[0]?.weights);
    const sum = same.layers[2]?.weights.map((value, k) => value + (same.layers[2]?.inputs?.[0]?.weights[k] ?? 0));
    expectClose(sum, found.layers[2]?.weights);
  });

  it.each(EACH_RULE)("with one-to-one weights is one with a diagonal of dense ones: %s", async (_, rule) => {
    const skip = (input: { type: "oneToOne" | "dense"; from: string }): Layers => [
      { type: "dense", units: UNITS, name: "a" },
      { type: "dense", units: UNITS, name: "b", inputs: [input] },
      output(),
    ];
    using single = await networkOf(skip({ type: "oneToOne", from: "a" }), rule);
    using dense = await networkOf(skip({ type: "dense", from: "a" }), rule);
    const [a, b, last] = (await drawn(single)) as [LayerParameters, LayerParameters, LayerParameters];
    const diagonal = new Float32Array(UNITS * UNITS);
    for (const [unit, weight] of (b.inputs?.[0]?.weights ?? []).entries()) diagonal[unit * UNITS + unit] = weight;
    await give(dense, [a, { ...b, inputs: [{ weights: diagonal }] }, last]);
    const [found, same] = [await single.gradients(data()), await dense.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    const gradient = Float32Array.from(
      { length: UNITS },
      (_, unit) => same.layers[1]?.inputs?.[0]?.weights[unit * UNITS + unit] ?? 0,
    );
    expectClose(gradient, found.layers[1]?.inputs?.[0]?.weights);
    expectClose(same.layers[0]?.weights, found.layers[0]?.weights);
  });

  it.each(EACH_RULE)("in whose loop a flatten adds is one whose layer adds: %s", async (_, rule) => {
    const loop = (between: Layers, from: string | string[]): Layers => [
      { type: "dense", units: UNITS, name: "x" },
      ...between,
      { type: "dense", units: UNITS, name: "a", from },
      { type: "dense", units: UNITS, name: "b", from: "a" },
      { ...output(), from: "b" },
    ];
    using added = await networkOf(loop([], ["x", "b"]), rule);
    using flattened = await networkOf(loop([{ type: "flatten", name: "f", from: ["x", "b"] }], "f"), rule);
    await give(flattened, await drawn(added));
    const [found, same] = [await added.gradients(data()), await flattened.gradients(data())];
    expect(same.prediction).toEqual(found.prediction);
    for (const [layer, { weights }] of found.layers.entries()) expectClose(same.layers[layer]?.weights, weights);
  });

  it.each(EACH_RULE)("of one-to-one weights of 1 in a chain passes on what it gets: %s", async (_, rule) => {
    const neuron = { currentDecay: 0, membraneDecay: 0, currentGain: 2 };
    using plain = await networkOf([{ type: "dense", units: UNITS, recurrent: true }, output()], rule);
    using passed = await networkOf(
      [{ type: "dense", units: UNITS, recurrent: true }, { type: "oneToOne", neuron }, output()],
      rule,
    );
    const [hidden, last] = (await drawn(plain)) as [LayerParameters, LayerParameters];
    const [split, single] = (await passed.parameters()) as [LayerParameters, LayerParameters];
    await give(passed, [
      {
        weights: columns(hidden.weights, UNITS, 0, INPUTS),
        biases: hidden.biases,
        inputs: [{ weights: columns(hidden.weights, UNITS, INPUTS, INPUTS + UNITS) }],
      },
      single,
      last,
    ]);
    expect(split.inputs).toHaveLength(1);
    const [found, same] = [await plain.gradients(data()), await passed.gradients(data())];
    expect(same.prediction.layers[1]).toEqual(found.prediction.layers[0]);
    expect(same.prediction.layers[2]).toEqual(found.prediction.layers[1]);
  });

  it("says how errors reach its layers", async () => {
    const layers: Layers = [
      { type: "dense", units: UNITS, name: "a" },
      { ...output(), from: "a", inputs: [{ type: "dense", from: "input" }] },
    ];
    using network = await networkOf(layers, { type: "antlr" });
    const plans = network.info.layers.map(({ plan }) => plan[0]);
    expect(plans).toMatchObject([
      { errors: "product", times: "rows", cost: ["units × steps", "weights × steps", "weights × spikes"] },
      { errors: "loss", times: "loss", cost: ["units × steps"] },
    ]);
    expect(network.info.layers[1]?.further).toEqual([{ inputs: INPUTS, filters: OUTPUTS }]);
  });

  it.each(["unit", "channel"] as const)("starts one-to-one weights at 1, by %s", async (by) => {
    const layers: Layers = [
      { type: "conv2d", channels: 3, kernel: 3, name: "a", inputs: [{ type: "oneToOne", from: "a", by, learn: false }] },
      { type: "conv2d", channels: 3, kernel: 3, inputs: [{ type: "oneToOne", from: "a", by }] },
      { type: "flatten" },
      output(),
    ];
    const { network } = configOf(layers, { type: "activation" });
    using found = await createNetwork({ network: { ...network, input: [1, 3, 6] } });
    const [first, second] = (await found.parameters()).map(({ inputs }) => inputs?.[0]?.weights);
    expect(first).toEqual(new Float32Array(by === "unit" ? 54 : 3).fill(1));
    expect(second).toEqual(first);
  });

  it("goes on from a checkpoint as if it had not stopped, with fixed weights as they were", async () => {
    const { network } = configOf(
      [
        { type: "dense", units: UNITS, name: "a", inputs: [{ type: "dense", from: "b", delays: { max: 3, learn: true } }] },
        { type: "dense", units: UNITS, name: "b", inputs: [{ type: "oneToOne", from: "a", learn: false }] },
        { ...output(), from: ["a", "b"] },
      ],
      { type: "antlr" },
    );
    const config: Config = {
      network,
      training: { epochs: 4, batchSize: 3, threads: 1 },
      loss: { type: "latency" },
      schedule: { type: "constant" },
    };
    using whole = await createTrainer(config, { quiet: true });
    using begun = await createTrainer(config, { quiet: true });
    const before = await whole.parameters();
    await whole.run(data());
    await begun.run(data(), { epochs: 2 });
    using resumed = await restoreTrainer(await begun.checkpoint(), { quiet: true });
    await resumed.run(data(), { epochs: 4 });
    const after = await whole.parameters();
    expect(await resumed.parameters()).toEqual(after);
    expect(after[1]?.inputs).toEqual(before[1]?.inputs);
    expect(before[1]?.inputs?.[0]?.weights).toEqual(new Float32Array(UNITS).fill(1));
    expect(after[0]?.inputs?.[0]?.weights).not.toEqual(before[0]?.inputs?.[0]?.weights);
  });
});

describe("what is no graph", () => {
  const refused: [string, Layers, string, string][] = [
    ["an unknown source", [{ type: "dense", units: 4, from: "b" }], "network.layers[0].from", "no layer is named"],
    [
      "an unknown source of an input",
      [{ type: "dense", units: 4, inputs: [{ type: "dense", from: ["input", "b"] }] }],
      "network.layers[0].inputs[0].from[1]",
      "no layer is named",
    ],
    [
      "a name twice",
      [
        { type: "dense", units: 4, name: "a" },
        { type: "dense", units: 4, name: "a" },
      ],
      "network.layers[1].name",
      "names an earlier layer",
    ],
    ["the name of the input", [{ type: "dense", units: 4, name: "input" }], "network.layers[0].name", "the input of the network"],
    [
      "a layer that feeds none",
      [
        { type: "dense", units: 4 },
        { type: "dense", units: 4, from: "input" },
      ],
      "network.layers[0]",
      "the source of no layer",
    ],
    [
      "sources of two shapes",
      [
        { type: "dense", units: 4, name: "a" },
        { type: "dense", units: 5, from: ["a", "input"] },
      ],
      "network.layers[1].from[1]",
      "must have the shape [4]",
    ],
    [
      "one-to-one of two shapes",
      [{ type: "dense", units: 4, inputs: [{ type: "oneToOne", from: "input" }] }],
      "network.layers[0].inputs[0].from",
      "must have the shape [4] of the layer",
    ],
    [
      "a convolution of a list",
      [{ type: "dense", units: 4, inputs: [{ type: "conv2d", kernel: 3, from: "input" }] }],
      "network.layers[0].inputs[0].type",
      "needs an image",
    ],
    [
      "a source that is fed by itself alone",
      [{ type: "oneToOne", name: "a", from: "a" }],
      "network.layers[0].from",
      "nothing says",
    ],
    ["a source twice", [{ type: "dense", units: 4, from: ["input", "input"] }], "network.layers[0].from[1]", "is there twice"],
    ["no source", [{ type: "dense", units: 4, from: [] }], "network.layers[0].from", "must name a source"],
  ];

  it.each(refused)("is refused with its place: %s", async (_, layers, path, message) => {
    await expect(createNetwork({ network: { input: 6, layers } })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path,
      message: expect.stringContaining(message),
    });
  });

  it("a lag of the reset path is refused outside a chain", async () => {
    const layers: Layers = [
      { type: "dense", units: 4, name: "a" },
      { type: "dense", units: 4, from: ["a"], inputs: [{ type: "dense", from: "input" }] },
    ];
    const rule = { type: "timing" as const, resetPath: { timing: { lag: 5 } } };
    await expect(createNetwork({ network: { input: 6, layers }, rule })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("beyond a chain"),
    });
  });

  it("parameters are refused without those of every input, and nothing is lost", async () => {
    using network = await createNetwork({
      network: { input: 6, layers: [{ type: "dense", units: 4, inputs: [{ type: "dense", from: "input" }] }] },
    });
    const before = await network.parameters();
    const { weights, biases } = before[0] as LayerParameters;
    await expect(network.setParameters(0, { weights, biases })).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "inputs" });
    const short = [{ weights: new Float32Array(3) }];
    await expect(network.setParameters(0, { weights: weights.map(() => 0), biases, inputs: short })).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
      path: "inputs[0].weights",
    });
    expect(await network.parameters()).toEqual(before);
  });
});
