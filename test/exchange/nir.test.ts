import { type Config, createNetwork, datasets, exportNir, importNir, type Network } from "spikelet";
import { describe, expect, it } from "vitest";
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

/** Positive weights and biases of some size, so that there are spikes. */
async function lively(config: Config): Promise<Network> {
  const network = await createNetwork(config);
  for (const [layer, { weights, biases }] of (await network.parameters()).entries()) {
    const parameters = { weights: weights.map((weight) => weight + 0.15), biases: biases.map((_, unit) => 0.02 * (unit % 3)) };
    await network.setParameters(layer, parameters);
  }
  return network;
}

async function spikesOf(network: Network): Promise<[number, number, number][][]> {
  const { layers } = await network.predict(samples());
  return layers.map((events) => [...events.triples()]);
}

async function expectSameSpikes(network: Network, back: Network): Promise<void> {
  const spikes = await spikesOf(network);
  for (const layer of spikes) expect(layer.length).toBeGreaterThan(20);
  expect(await spikesOf(back)).toEqual(spikes);
}

describe("exportNir and importNir", () => {
  it.each([
    ["LIF", lif, []],
    ["CubaLIF", cubaLif, [expect.stringContaining("leaves its current")]],
    ["recurrent", recurrent, [expect.stringContaining("leaves its current")]],
    ["recurrent LIF", { network: { ...recurrent.network, neuron: lif.network.neuron ?? {} } }, []],
    ["convolution", convolution, []],
    ["layer by layer", mixed, [expect.stringContaining("leaves its current")]],
  ])("bring a %s network back with the same spikes", async (_, config, approximations) => {
    using network = await lively(config);
    for (const discretization of ["euler", "exact"] as const) {
      const time = { dt: 1e-3, discretization };
      const found = await importNir((await exportNir(network, time)).bytes, { ...time, steps: 60 });
      expect(found.approximations).toEqual(approximations);
      expect(found.network.layers).toEqual(config.network.layers);
      const { currentDecay, membraneDecay } = config.network.neuron ?? {};
      expect(found.network.neuron).toMatchObject({ currentDecay, membraneDecay, threshold: 1 });
      using back = await createNetwork({ network: found.network, loss: { type: "count" } }, { parameters: found.parameters });
      using same = await createNetwork({ ...config, loss: { type: "count" } }, { parameters: await network.parameters() });
      await expectSameSpikes(same, back);
    }
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

describe("importNir reads files of the nir package", () => {
  it("LIF: thresholds and resistances of single units go into the weights", async () => {
    const found = await importNir(await fixture("lif.nir"), { steps: 50 });
    const neuron = { currentDecay: 0, membraneDecay: 0.9, threshold: 1, gain: "manual", membraneGain: 1, biasGain: 1 };
    expect(found.network).toMatchObject({ input: 4, steps: 50, neuron, layers: [{ units: 3 }, { units: 2 }] });
    expect(found.network.neuron?.currentGain).toBeCloseTo(1, 12);
    expect(found.approximations).toEqual([]);
    const [first, second] = found.parameters;
    expect(first).toEqual({ weights: filled(12), biases: filled(3) });
    // The second unit has half the resistance and twice the threshold.
    expect(second?.weights).toEqual(filled(6).map((weight, k) => (k < 3 ? weight : weight / 4)));
  });

  it("CubaLIF: the resting potential is a bias", async () => {
    const { network, parameters } = await importNir(await fixture("cuba_lif.nir"));
    expect(network.neuron).toMatchObject({ currentDecay: 0.8, membraneDecay: 0.9 });
    expect(network.neuron?.currentGain).toBeCloseTo(1, 12);
    expect(Array.from(parameters[0]?.biases ?? [])).toEqual([expect.closeTo(0.05, 7), expect.closeTo(0.025, 7)]);
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
