import {
  type Config,
  createNetwork,
  datasets,
  exportNir,
  importNir,
  type LayerNeuron,
  type LayerParameters,
  type Network,
  type Prediction,
} from "spikelet";
import { describe, expect, it } from "vitest";
import type { NirNode } from "../../ts/exchange/nir/graph.js";
import { readGraph, writeGraph } from "../../ts/exchange/nir/hdf5.js";
import { filled, fixture } from "./fixtures.js";

const layers = [
  { type: "dense" as const, units: 30 },
  { type: "dense" as const, units: 5 },
];
const lif: Config = {
  network: { input: 20, steps: 60, neuron: { currentDecay: 0, membraneDecay: 0.9, membraneGain: 0.8, biasGain: 0.5 }, layers },
};
const cubaLif: Config = { network: { input: 20, steps: 60, neuron: { currentDecay: 0.9, membraneDecay: 0.95 }, layers } };
const recurrent: Config = {
  network: {
    ...cubaLif.network,
    layers: [
      { type: "dense", units: 30, recurrent: true },
      { type: "dense", units: 5 },
    ],
  },
};
const mixed: Config = {
  network: {
    ...cubaLif.network,
    layers: [
      { type: "dense", units: 30 },
      { type: "dense", units: 5, neuron: { currentDecay: 0.7, membraneDecay: 0.85 } },
    ],
  },
};
const membrane = { type: "membrane" as const };
const leaky = { type: "leaky" as const };
const readouts: Config["network"]["layers"] = [
  { type: "dense", units: 30 },
  { type: "dense", units: 5, neuron: leaky },
];
const li: Config = { network: { ...lif.network, layers: readouts }, loss: membrane };
const cubaLi: Config = {
  network: {
    ...cubaLif.network,
    neuron: { ...cubaLif.network.neuron, reset: "membrane", threshold: 1.3 },
    layers: [
      { type: "dense", units: 30, recurrent: true },
      { type: "dense", units: 5, neuron: { ...leaky, currentDecay: 0.8, membraneDecay: 0.97 } },
    ],
  },
  loss: membrane,
};
const each = (units: number, from: number, to: number) =>
  Array.from({ length: units }, (_, unit) => from + ((to - from) * unit) / units);
const lists = {
  currentDecay: each(30, 0.5, 0.9),
  membraneDecay: each(30, 0.8, 0.95),
  threshold: each(30, 0.5, 1.5),
  currentGain: each(30, 0.5, 1),
};
const byUnit: Config = {
  network: {
    ...cubaLif.network,
    neuron: { reset: "membrane" },
    layers: [
      {
        type: "dense",
        units: 30,
        neuron: { ...lists, membraneGain: 0.4, biasGain: each(30, 0, 1) },
      },
      { type: "dense", units: 5, neuron: { currentDecay: 0, membraneDecay: each(5, 0.7, 0.9) } },
    ],
  },
};
const delayed: Config = {
  network: {
    ...cubaLi.network,
    layers: [
      { type: "dense", units: 30, recurrent: true, delays: { max: 8, learn: true } },
      { type: "dense", units: 12, delays: { max: 5 } },
      { type: "dense", units: 5, neuron: leaky, delays: { max: 4 } },
    ],
  },
  loss: membrane,
};
const convolution: Config = {
  network: {
    input: [2, 5, 2],
    steps: 60,
    neuron: { currentDecay: 0, membraneDecay: 0.9 },
    layers: [
      { type: "conv2d", channels: 3, kernel: 3 },
      { type: "avgPool2d", window: 2 },
      { type: "flatten" },
      { type: "dense", units: 5 },
    ],
  },
};
const strided: Config = {
  network: {
    ...convolution.network,
    layers: [
      { type: "conv2d", channels: 4, kernel: [3, 1], stride: [2, 1], padding: [1, 0], groups: 2 },
      { type: "conv2d", channels: 6, kernel: 2, dilation: [2, 1] },
      { type: "avgPool2d", window: [2, 1], stride: 1 },
      { type: "flatten" },
      { type: "dense", units: 5 },
    ],
  },
};
const sequence: Config = {
  network: {
    ...convolution.network,
    input: [2, 10],
    layers: [
      { type: "conv1d", channels: 4, kernel: 3, stride: 2, padding: 1, groups: 2 },
      { type: "conv1d", channels: 3, kernel: 2, dilation: 3 },
      { type: "flatten" },
      { type: "dense", units: 5 },
    ],
  },
};

/** The sentence about a file whose constants are those that snnTorch writes. */
const SNNTORCH = expect.stringContaining("snnTorch writes the same for its default");

/** 20 samples of 20 inputs that fire at drawn steps. */
function samples() {
  let state = 1;
  const draw = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const trains = Array.from({ length: 20 }, () => Array.from({ length: 120 }, () => ({ time: draw(50), unit: draw(20) })));
  const spikes = trains.map((train) => {
    const unique = new Map(train.map((event) => [event.time * 20 + event.unit, event]));
    const sorted = [...unique.values()].sort((a, b) => a.time - b.time || a.unit - b.unit);
    return { times: sorted.map(({ time }) => time), units: sorted.map(({ unit }) => unit) };
  });
  return datasets.fromSpikes({ spikes });
}

/** Positive weights and biases of some size, so that there are spikes, and delays of whole steps. */
async function lively(config: Config): Promise<Network> {
  const network = await createNetwork(config);
  for (const [layer, { weights, biases, learnt }] of (await network.parameters()).entries()) {
    const parameters = { weights: weights.map((weight) => weight + 0.15), biases: biases.map((_, unit) => 0.02 * (unit % 3)) };
    const delays = learnt?.delays?.map(Math.round);
    await network.setParameters(layer, delays === undefined ? parameters : { ...parameters, learnt: { delays } });
  }
  return network;
}

/** The configuration with the reset that NIR's CubaLIF has. */
function resetting({ network }: Config): Config {
  return { network: { ...network, neuron: { ...network.neuron, reset: "membrane" } } };
}

async function expectSameSpikes(network: Network, back: Network): Promise<void> {
  const [expected, found] = await Promise.all([network.predict(samples()), back.predict(samples())]);
  const spikesOf = ({ layers }: Prediction) => layers.map((events) => [...events.triples()]);
  const hidden = expected.membranes === undefined ? undefined : -1;
  for (const layer of spikesOf(expected).slice(0, hidden)) expect(layer.length).toBeGreaterThan(20);
  expect(spikesOf(found)).toEqual(spikesOf(expected));
  const [membranes, reached] = [expected.membranes ?? new Float32Array(), found.membranes ?? new Float32Array()];
  expect(reached).toHaveLength(membranes.length);
  expect(found.byMembrane).toEqual(expected.byMembrane);
  const differences = reached.map((value, k) => Math.abs(value - (membranes[k] ?? Number.NaN)));
  expect(Math.max(0, ...differences)).toBeLessThan(1e-5 * Math.max(1, ...membranes));
}

describe("exportNir and importNir", () => {
  it.each<[string, Config]>([
    ["LIF", lif],
    ["CubaLIF", resetting(cubaLif)],
    ["recurrent", resetting(recurrent)],
    ["recurrent LIF", { network: { ...recurrent.network, neuron: lif.network.neuron ?? {} } }],
    ["convolution", convolution],
    ["convolutions of other sizes", strided],
    ["convolutions of a sequence", sequence],
    ["layer by layer", resetting(mixed)],
    ["unit by unit", byUnit],
    ["LI", li],
    ["recurrent CubaLIF and CubaLI", cubaLi],
    ["delayed", delayed],
  ])("bring a %s network back with the same spikes and membranes", async (_, config) => {
    using network = await lively(config);
    const { loss = { type: "count" } } = config;
    using same = await createNetwork({ ...config, loss }, { parameters: await network.parameters() });
    for (const discretization of ["euler", "exact"] as const) {
      const time = { dt: 1e-3, discretization };
      const found = await importNir((await exportNir(network, time)).bytes, { ...time, steps: 60 });
      expect(found.approximations).toEqual([]);
      expect(found.network.layers.map(({ type }) => type)).toEqual(config.network.layers.map(({ type }) => type));
      using back = await createNetwork({ network: found.network, loss }, { parameters: found.parameters });
      await expectSameSpikes(same, back);
    }
  });

  it("name decays, thresholds and resets as they were given, in lists only where units differ", async () => {
    using network = await lively(cubaLi);
    const { network: found } = await importNir((await exportNir(network)).bytes);
    expect(found.neuron).toMatchObject({ currentDecay: 0.9, membraneDecay: 0.95, threshold: 1.3, reset: "membrane" });
    expect(found.layers).toEqual([
      { type: "dense", units: 30, recurrent: true },
      {
        type: "dense",
        units: 5,
        neuron: { type: "leaky", currentDecay: 0.8, membraneDecay: 0.97, currentGain: expect.any(Number) },
      },
    ]);
    using other = await lively(byUnit);
    const { network: again } = await importNir((await exportNir(other)).bytes);
    const close = (values: number[]) => values.map((value) => expect.closeTo(value, 9));
    expect(again.neuron).not.toHaveProperty("threshold");
    expect(again.layers[0]).toMatchObject({
      neuron: {
        currentDecay: close(lists.currentDecay),
        membraneDecay: close(lists.membraneDecay),
        threshold: close(lists.threshold),
        currentGain: close(lists.currentGain.map((gain) => gain * 0.4)),
      },
    });
  });

  it("write learnt constants as they are now", async () => {
    const learnt = (layer: Record<string, unknown>): Config => ({
      network: {
        ...byUnit.network,
        layers: [
          { ...byUnit.network.layers[0], ...layer },
          { type: "dense", units: 5 },
        ],
      } as Config["network"],
    });
    const learn = ["currentDecay", "membraneDecay", "threshold"];
    using network = await lively(
      learnt({ neuron: { currentDecay: 0.9, membraneDecay: each(30, 0.9, 0.95), gain: "auto", learn } }),
    );
    const [first] = await network.parameters();
    const moved = {
      currentDecay: Float32Array.of(0.75),
      membraneDecay: Float32Array.from(each(30, 0.6, 0.9)),
      threshold: Float32Array.of(0.5),
    };
    if (first !== undefined) await network.setParameters(0, { ...first, learnt: moved });
    const { network: found, parameters } = await importNir((await exportNir(network)).bytes, { steps: 60 });
    expect(found.layers[0]).toMatchObject({
      neuron: { membraneDecay: Array.from(moved.membraneDecay, (decay) => expect.closeTo(decay, 9)) },
    });
    expect(found.neuron).toMatchObject({ currentDecay: 0.75, threshold: 0.5 });
    using back = await createNetwork({ network: found }, { parameters });
    await expectSameSpikes(network, back);
  });

  it("bring delays between steps back bit for bit, and say that they are rounded", async () => {
    using network = await createNetwork(delayed);
    const { bytes, approximations } = await exportNir(network);
    expect(approximations).toContain("spikes reach their own layer one step after their delay here, NIR states that delay alone");
    expect(approximations).toContain("a delay between two steps is rounded to one of them here, halves to the even one");
    const found = await importNir(bytes, { steps: 60 });
    expect(found.approximations).toEqual(approximations.filter((sentence) => sentence.startsWith("a delay")));
    const delays = (of: readonly LayerParameters[]) => of.map(({ learnt }) => learnt?.delays);
    expect(delays(found.parameters)).toEqual(delays(await network.parameters()));
    using back = await createNetwork({ network: found.network, loss: membrane }, { parameters: found.parameters });
    expect(delays(await back.parameters())).toEqual(delays(found.parameters));
  });

  it("keep the weights of CubaLIF neurons bit for bit", async () => {
    using network = await lively(cubaLif);
    const { parameters } = await importNir((await exportNir(network)).bytes, {});
    expect(parameters.map(({ weights }) => weights)).toEqual((await network.parameters()).map(({ weights }) => weights));
  });

  it("put biases into a current where that is wanted, and say that it is approximate", async () => {
    using network = await lively(cubaLif);
    const { parameters, approximations } = await importNir((await exportNir(network, { bias: "affine" })).bytes);
    const exact = await importNir((await exportNir(network, { bias: "leak" })).bytes);
    expect(approximations).toContainEqual(expect.stringContaining("a bias before CubaLIF"));
    for (const [layer, { biases }] of parameters.entries()) {
      for (const [unit, bias] of biases.entries())
        expect(bias).toBeCloseTo(exact.parameters[layer]?.biases[unit] ?? Number.NaN, 6);
    }
  });

  it.each([
    ["LIF", lif, "leak", []],
    ["CubaLIF", cubaLif, "leak", [/ends its current here/, /v_leak, which some readers refuse/]],
    ["CubaLIF, biases as currents,", cubaLif, "affine", [/ends its current here/, /a current that builds up/]],
    ["recurrent", recurrent, "leak", [/ends its current here/, /v_leak/, /one step later here/]],
  ] as const)("say what a reader of a %s network does otherwise", async (_, config, bias, sentences) => {
    using network = await lively(config);
    const { approximations } = await exportNir(network, { bias });
    expect(approximations).toHaveLength(sentences.length);
    for (const [k, sentence] of sentences.entries()) expect(approximations[k]).toMatch(sentence);
  });

  it("refuse what NIR can't express", async () => {
    const refused = async (network: Config["network"], path: string, options = {}) => {
      using made = await createNetwork({ network });
      await expect(exportNir(made, options)).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path }));
    };
    const one = { input: 4, steps: 20, layers: [{ type: "dense" as const, units: 2 }] };
    await refused({ ...one, neuron: { refractory: 3 } }, "network.neuron.refractory");
    await refused({ ...one, neuron: { singleSpike: true } }, "network.neuron.singleSpike");
    await refused({ ...one, neuron: { membraneDecay: 1 } }, "network.neuron.membraneDecay");
    await refused({ ...one, neuron: { reset: "subtract" } }, "network.neuron.reset");
    await refused({ ...one, neuron: { type: "alif" } }, "network.neuron.type");
    const delays = { by: "connection" as const, max: 3 };
    await refused({ ...one, layers: [{ type: "dense", units: 2, delays }] }, "network.layers[0].delays.by");
    const own = (neuron: LayerNeuron) =>
      ({ ...one, neuron: { membraneDecay: 1 }, layers: [{ ...one.layers[0], neuron }] }) as Config["network"];
    await refused(own({ type: "alif" }), "network.layers[0].neuron.type");
    await refused(own({ currentDecay: 0.5 }), "network.neuron.membraneDecay");
    await refused(own({ membraneDecay: [0.5, 1] }), "network.layers[0].neuron.membraneDecay");
    await refused(one, "dt", { dt: 0 });
    await refused(one, "discretization", { discretization: "none" });
    await refused(one, "bias", { bias: "none" });
    const pool: Config["network"] = {
      input: [1, 4, 4],
      steps: 20,
      layers: [{ type: "maxPool2d", window: 2 }, { type: "flatten" }, { type: "dense", units: 2 }],
    };
    await refused(pool, "network.layers[0].type");
  });
});

describe("importNir", () => {
  const wait: NirNode = { type: "Delay", fields: new Map([["delay", { shape: [4], values: new Float32Array(4) }]]) };
  const back: NirNode = { type: "Linear", fields: new Map([["weight", { shape: [4, 4], values: new Float32Array(16) }]]) };

  it.each<[string, Record<string, NirNode>]>([
    ["weights", { back }],
    ["weights behind a delay", { wait, back }],
  ])("refuses %s that lead back to a node without neurons", async (_, loop) => {
    const layers: Config["network"]["layers"] = [{ type: "flatten" }, { type: "dense", units: 2 }];
    using network = await createNetwork({ network: { ...lif.network, input: [1, 2, 2], layers } });
    const chain = await readGraph((await exportNir(network)).bytes, undefined);
    const names = [...chain.nodes].flatMap(([name, { type }]) => (type === "Input" || type === "Flatten" ? [name] : []));
    expect(names).toHaveLength(2);
    for (const name of names) {
      const nodes = new Map([...chain.nodes, ...Object.entries(loop)]);
      const way = [...Object.keys(loop), name];
      const edges = [...chain.edges, ...way.map((to, k): [string, string] => [way[k - 1] ?? name, to])];
      const found = importNir(await writeGraph({ nodes, edges }, undefined));
      const reason = expect.stringMatching("what follows weights must be neurons|to which nothing may lead");
      await expect(found).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: name, reason }));
    }
  });
});

describe("importNir reads files of the nir package", () => {
  it("LIF: thresholds and resistances of single units become lists", async () => {
    const found = await importNir(await fixture("lif.nir"), { steps: 50 });
    const neuron = {
      currentDecay: 0,
      membraneDecay: 0.9,
      threshold: 1,
      gain: "manual",
      currentGain: 1,
      membraneGain: 1,
      biasGain: 1,
    };
    const second = { type: "dense", units: 2, neuron: { threshold: [1, 2], currentGain: [1, 0.5] } };
    expect(found.network).toMatchObject({ input: 4, steps: 50, neuron, layers: [{ units: 3 }, second] });
    expect(found.approximations).toEqual([SNNTORCH]);
    expect(found.parameters).toEqual([
      { weights: filled(12), biases: filled(3) },
      { weights: filled(6), biases: new Float32Array(2) },
    ]);
  });

  it("CubaLIF: the resting potential is a bias, and a spike resets the membrane alone", async () => {
    const { network, parameters, approximations } = await importNir(await fixture("cuba_lif.nir"));
    expect(network.neuron).toMatchObject({ currentDecay: 0.8, membraneDecay: 0.9, currentGain: 1, reset: "membrane" });
    expect(approximations).toEqual([]);
    expect(Array.from(parameters[0]?.biases ?? [])).toEqual([expect.closeTo(0.05, 7), expect.closeTo(0.025, 7)]);
  });

  it("LI: a readout, with time constants of its own", async () => {
    const { network, parameters } = await importNir(await fixture("li.nir"));
    expect(network.layers[1]).toEqual({ type: "dense", units: 2, neuron: { type: "leaky", membraneDecay: [0.9, 0.95] } });
    expect(parameters[1]).toEqual({ weights: filled(6), biases: filled(2) });
    using made = await createNetwork({ network, loss: membrane }, { parameters });
    expect(made.info.layers.map(({ units }) => units)).toEqual([3, 2]);
  });

  it("Delay: delays by input, on the way back too, in steps of any length", async () => {
    const { network, parameters, approximations } = await importNir(await fixture("delays.nir"));
    expect(network.layers).toEqual([
      { type: "flatten" },
      { type: "dense", units: 3, recurrent: true, delays: { by: "input", max: 7 } },
      { type: "dense", units: 2, delays: { by: "input", max: 4 } },
    ]);
    expect(parameters.map(({ learnt }) => learnt)).toEqual([
      { delays: Float32Array.of(3, 0, 2.5, 7, 1, 2, 3) },
      { delays: Float32Array.of(4, 4, 4) },
    ]);
    expect(approximations).toEqual([SNNTORCH, expect.stringContaining("a delay between two steps")]);
    using made = await createNetwork({ network }, { parameters });
    expect((await made.parameters())[0]?.learnt).toEqual(parameters[0]?.learnt);
    const half = await importNir(await fixture("delays.nir"), { dt: 5e-5 });
    expect(half.parameters[1]?.learnt).toEqual({ delays: Float32Array.of(8, 8, 8) });
    expect(half.approximations).toEqual([]);
    const fine = importNir(await fixture("delays.nir"), { dt: 1e-9 });
    await expect(fine).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "seconds.delay" }));
  });

  it("a graph in the graph: a recurrent layer as snnTorch writes it, before CubaLI", async () => {
    const { network, parameters, approximations } = await importNir(await fixture("recurrent.nir"));
    expect(network.neuron).toMatchObject({ membraneDecay: 0.9, threshold: 2, reset: "membrane" });
    expect(network.layers).toEqual([
      { type: "dense", units: 3, recurrent: true, neuron: { currentDecay: [0.8, 0.8, 0.9], currentGain: [1, 1, 0.5] } },
      { type: "dense", units: 2, neuron: { type: "leaky", currentDecay: 0.8, currentGain: 1 } },
    ]);
    const [below, own] = [filled(12), filled(9)];
    const rows = [0, 1, 2].flatMap((unit) => [...below.slice(4 * unit, 4 * unit + 4), ...own.slice(3 * unit, 3 * unit + 3)]);
    expect(Array.from(parameters[0]?.weights ?? [])).toEqual(rows);
    expect(approximations).toEqual([]);
    using made = await createNetwork({ network, loss: membrane }, { parameters });
    expect(made.info.layers).toHaveLength(2);
  });

  it("convolution: a sum over a window is its mean times its size", async () => {
    const { network, parameters } = await importNir(await fixture("convolution.nir"));
    expect(network.input).toEqual([1, 4, 4]);
    expect(network.layers).toEqual(
      convolution.network.layers.map((layer) => ({
        ...layer,
        ...(layer.type === "conv2d" ? { channels: 2 } : {}),
        ...(layer.type === "dense" ? { units: 2 } : {}),
      })),
    );
    expect(parameters[0]?.weights).toEqual(filled(18));
    expect(parameters[1]?.weights).toEqual(filled(16).map((weight) => 4 * weight));
    using made = await createNetwork({ network }, { parameters });
    expect(made.info.layers.map(({ units }) => units)).toEqual([32, 2]);
  });

  it("graphs in graphs in graphs are refused", async () => {
    const message = expect.stringContaining("is a graph nested more than two deep");
    await expect(importNir(await fixture("nested.nir"))).rejects.toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", message }),
    );
  });

  it("damaged and foreign files are refused", async () => {
    const whole = await fixture("lif.nir");
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode("no HDF5"), whole.slice(0, 800), whole.slice(0, 30_000)]) {
      await expect(importNir(bytes)).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
    }
    const late = importNir(whole, { dt: 1 });
    await expect(late).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "lif.tau" }));
    const altered = whole.slice();
    for (let position = 0; position < whole.length; position += 397) {
      altered.set(whole);
      altered[position] = (altered[position] ?? 0) ^ 0xff;
      await importNir(altered).catch((thrown) => expect(thrown).toMatchObject({ code: "DATA_FORMAT" }));
    }
    expect((await importNir(whole)).parameters.length).toBe(2);
  });
});
