// Networks of whole numbers beside the networks that they come from; the golden vectors hold their bits.
import { type Config, createNetwork, createTrainer, datasets, type Integers, type Network } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const failure = (code: string, path: string) => expect.objectContaining({ name: "SpikeletError", code, path });

const readout: Config = {
  network: { input: 4, steps: 30, layers: [{ type: "dense", units: 3, neuron: { type: "leaky" } }] },
  loss: { type: "membrane" },
};

describe.each(BACKENDS)("whole numbers, on %s", (backend) => {
  let network: Network;
  beforeAll(async () => {
    const trainer = await createTrainer(
      { ...tinyConfig, training: { ...tinyConfig.training, epochs: 20 } },
      { backend, quiet: true },
    );
    await trainer.run(tinyData());
    network = trainer;
  });
  afterAll(() => network.dispose());

  it("decide nearly as the network does", async () => {
    const integers = await network.quantize({ calibration: tinyData() });
    const [whole, floats] = [await integers.predict(tinyData()), await network.predict(tinyData())];
    expect(whole.clamped).toBe(0);
    const same = whole.classes.filter((output, sample) => output === floats.byCount?.[sample]);
    expect(same.length).toBeGreaterThan(0.9 * whole.classes.length);
    const counts = whole.layers.map(({ times }) => times.length);
    for (const [layer, { times }] of floats.layers.entries()) {
      expect(Math.abs((counts[layer] ?? 0) - times.length)).toBeLessThan(0.05 * times.length);
    }
    expect(whole.membranes).toBeUndefined();
  });

  it("have the membranes of a readout, in its scale", async () => {
    const own = await createNetwork(readout, { backend });
    const integers = await own.quantize({ calibration: tinyData() });
    const [whole, floats] = [await integers.predict(tinyData()), await own.predict(tinyData())];
    const [scale = 0] = [integers.integers.layers[0]?.membraneScale ?? []].flat();
    const largest = Math.max(...(floats.membranes ?? []).map(Math.abs));
    expect(whole.membranes).toHaveLength(24 * 30 * 3);
    for (const [place, membrane] of (whole.membranes ?? []).entries()) {
      expect(Math.abs(scale * membrane - (floats.membranes?.[place] ?? 0))).toBeLessThan(0.02 * largest);
    }
    expect(whole.scores).toHaveLength(24 * 3);
    expect(whole.layers.map(({ times, length }) => [times.length, length])).toEqual([[0, 24]]);
    own.dispose();
  });

  it("come back from plain data, also in another network of the configuration", async () => {
    const { integers, ...found } = await network.quantize({ calibration: tinyData(), stateBits: 16, percentile: 90 });
    expect(found).toEqual({});
    const other = await createNetwork(network.config, { backend });
    const again = await other.integerNetwork(JSON.parse(JSON.stringify(integers)));
    expect(again.integers).toEqual(integers);
    const typed = { ...integers, layers: integers.layers.map((layer) => ({ ...layer, inputs: layer.inputs.map(narrow) })) };
    const fromTyped = await other.integerNetwork(typed as unknown as Integers);
    const answers = await again.predict(tinyData());
    expect(await fromTyped.predict(tinyData())).toEqual(answers);
    expect(answers.classes).toHaveLength(24);
    other.dispose();
  });

  const narrow = ({ weights }: Integers["layers"][0]["inputs"][0]) => ({ weights: Int8Array.from(weights) });

  it("stay as they are when the network learns on", async () => {
    const own = await createTrainer(tinyConfig, { backend, quiet: true });
    const integers = await own.quantize({ calibration: tinyData() });
    const before = await integers.predict(tinyData());
    await own.run(tinyData());
    expect(await integers.predict(tinyData())).toEqual(before);
    own.dispose();
    await expect(integers.predict(tinyData())).rejects.toEqual(failure("DISPOSED", ""));
  });

  it("are gone once they are disposed of", async () => {
    const [first, second] = [
      await network.quantize({ calibration: tinyData() }),
      await network.quantize({ calibration: tinyData(), stateBits: 16 }),
    ];
    first.dispose();
    first.dispose();
    await expect(first.predict(tinyData())).rejects.toEqual(failure("SHAPE_MISMATCH", "integers"));
    expect((await second.predict(tinyData())).classes).toHaveLength(24);
  });

  it("can be aborted, and tell how far they are", async () => {
    const integers = await network.quantize({ calibration: tinyData() });
    const told: number[] = [];
    await integers.predict(tinyData(), { onProgress: ({ done, all }) => told.push(done / all) });
    expect(told.at(-1)).toBe(1);
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(integers.predict(tinyData(), { signal: aborted })).rejects.toThrow("enough");
  });

  const refusals: [what: string, options: object, code: string, path: string][] = [
    ["no calibration", {}, "CONFIG_INVALID", "calibration"],
    ["no samples", { calibration: datasets.fromSpikes({ spikes: [], labels: [] }) }, "SHAPE_MISMATCH", "calibration"],
    ["8 bits", { calibration: tinyData(), stateBits: 8 }, "CONFIG_INVALID", "stateBits"],
    ["weights of 1 bit", { calibration: tinyData(), weightBits: 1 }, "CONFIG_INVALID", "weightBits"],
    ["weights of 9 bits", { calibration: tinyData(), weightBits: 9 }, "CONFIG_INVALID", "weightBits"],
    ["weights of 4.5 bits", { calibration: tinyData(), weightBits: 4.5 }, "CONFIG_INVALID", "weightBits"],
    ["a percentile of 0", { calibration: tinyData(), percentile: 0 }, "CONFIG_INVALID", "percentile"],
    ["a percentile above 100", { calibration: tinyData(), percentile: 101 }, "CONFIG_INVALID", "percentile"],
  ];
  it.each(refusals)("refuse %s", async (_, options, code, path) => {
    await expect(network.quantize(options as never)).rejects.toEqual(failure(code, path));
  });

  it("refuse what has no form in whole numbers, by its path", async () => {
    const refused = async (config: Config) => {
      const own = await createNetwork(config, { backend });
      try {
        return await own.quantize({ calibration: tinyData() });
      } finally {
        own.dispose();
      }
    };
    const layers = tinyConfig.network.layers;
    const adlif = { ...tinyConfig.network, neuron: { type: "adlif" as const }, layers };
    await expect(refused({ ...tinyConfig, network: adlif })).rejects.toEqual(failure("CONFIG_INVALID", "network.neuron.type"));
    const soft = { ...readout, loss: { type: "membrane" as const, statistic: "softmaxSum" as const } };
    await expect(refused(soft)).rejects.toEqual(failure("CONFIG_INVALID", "loss.statistic"));
  });

  it("refuse whole numbers that are not of the configuration, by their path", async () => {
    const { integers } = await network.quantize({ calibration: tinyData() });
    const [first, second] = integers.layers as [Integers["layers"][0], Integers["layers"][0]];
    const refused = (...layers: unknown[]) => network.integerNetwork({ ...integers, layers } as Integers);
    await expect(refused(first)).rejects.toEqual(failure("SHAPE_MISMATCH", "layers"));
    await expect(refused(first, { ...second, bias: 0.5 })).rejects.toEqual(failure("CONFIG_INVALID", "layers[1].bias"));
    await expect(refused(first, { ...second, bias: [1, 2, 3] })).rejects.toEqual(failure("SHAPE_MISMATCH", "layers[1].bias"));
    await expect(refused(first, { ...second, biases: 1 })).rejects.toEqual(failure("CONFIG_INVALID", "layers[1].biases"));
    const weights = [...(first.inputs[0]?.weights ?? [])];
    weights[3] = 128;
    await expect(refused({ ...first, inputs: [{ weights }] }, second)).rejects.toEqual(
      failure("CONFIG_INVALID", "layers[0].inputs[0].weights[3]"),
    );
    await expect(network.integerNetwork({ stateBits: 24, layers: integers.layers })).rejects.toEqual(
      failure("CONFIG_INVALID", "stateBits"),
    );
  });
});
