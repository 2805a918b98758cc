// A network that is trained with rounded weights is, in all that it answers, the network of the rounded weights.
import { type Config, createNetwork, createTrainer, type LayerParameters, type Network, restoreTrainer } from "spikelet";
import { load } from "spikelet/infer";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyData } from "../support/learning.js";

/** Levels of a weight of 4 bits. */
const LEVELS = 7;
const data = tinyData();
const weightBits = 4;
const SPIKES = { times: [0, 1, 2, 5, 9], units: [0, 1, 2, 3, 0] };

const config = (training: Config["training"] = {}): Config => ({
  network: {
    input: 4,
    steps: 30,
    neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
    layers: [
      { type: "dense", units: 12, recurrent: true },
      { type: "dense", units: 2, neuron: { type: "leaky" } },
    ],
  },
  rule: { type: "eprop" },
  loss: { type: "membrane", statistic: "each" },
  optimizer: { type: "adam", learningRate: 0.02 },
  training: { batchSize: 4, epochs: 3, ...training },
});

/** Numbers of weights that differ in size, in the row of a unit that has most. */
function maxLevels([hidden]: readonly LayerParameters[]): number {
  const { weights = new Float32Array(), inputs = [] } = hidden ?? {};
  const width = weights.length / 12;
  const rows = Array.from({ length: 12 }, (_, unit) => [
    ...weights.slice(unit * width, (unit + 1) * width),
    ...inputs.flatMap((input) => [...input.weights.slice(unit * 12, (unit + 1) * 12)]),
  ]);
  return Math.max(...rows.map((row) => new Set(row.map(Math.abs)).size));
}

describe.each(BACKENDS)("training.weightBits, on %s", (backend) => {
  let [rounded, plain]: Network[] = [];
  beforeAll(async () => {
    const trainer = await createTrainer(config({ weightBits }), { backend, quiet: true });
    await trainer.run(data);
    [rounded, plain] = [trainer, await createNetwork(config(), { backend, parameters: await trainer.parameters() })];
    return () => {
      rounded?.dispose();
      plain?.dispose();
    };
  });

  /** What both networks come to. */
  const both = <T>(of: (network: Network) => Promise<T>) => Promise.all([rounded, plain].map((one) => of(one as Network)));

  it("rounds what the network predicts with", async () => {
    const [parameters = [], same] = await both((network) => network.parameters());
    expect(same).toEqual(parameters);
    expect(maxLevels(parameters)).toBeLessThanOrEqual(LEVELS + 1);
    const unrounded = await createTrainer(config(), { backend, quiet: true });
    expect(maxLevels(await unrounded.parameters())).toBeGreaterThan(LEVELS + 1);
    unrounded.dispose();
  });

  it("answers, gradients and model files are those of the rounded weights", async () => {
    for (const of of [
      (network: Network) => network.predict(data),
      (network: Network) => network.evaluate(data),
      async (network: Network) => load(await network.exportModel()).predict(SPIKES),
    ]) {
      const [found, expected] = await both<unknown>(of);
      expect(found).toEqual(expected);
    }
    const gradients = async (training: Config["training"]) => {
      const trainer = await createTrainer(config(training), { backend, quiet: true });
      for (const [layer, given] of ((await plain?.parameters()) ?? []).entries()) await trainer.setParameters(layer, given);
      const { layers, loss } = await trainer.gradients(data);
      trainer.dispose();
      return { layers, loss };
    };
    expect(await gradients({ weightBits })).toEqual(await gradients({}));
  });

  it("streams step as the rounded weights do, and round anew as they learn", async () => {
    const [found, expected] = await both(async (network) => (await network.stream()).run(SPIKES, 30));
    expect(found).toEqual(expected);
    const stream = await (rounded as Network).stream({ learn: { every: 1 } });
    const before = await stream.parameters();
    await stream.learn(SPIKES, new Array(30).fill(1));
    const after = await stream.parameters();
    expect(after).not.toEqual(before);
    expect(maxLevels(after)).toBeLessThanOrEqual(LEVELS + 1);
  });

  it("whole numbers have the bits of the training, and the same weights", async () => {
    const { integers } = await (rounded as Network).quantize({ calibration: data });
    const parameters = await (rounded as Network).parameters();
    for (const [layer, { inputs, scale }] of integers.layers.entries()) {
      const weights = [...(inputs[0]?.weights ?? [])];
      expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(LEVELS);
      const scales = [scale].flat();
      const floats = parameters[layer]?.weights ?? new Float32Array();
      const width = floats.length / scales.length;
      const own = weights.length / scales.length;
      for (const [place, weight] of weights.entries()) {
        const unit = Math.floor(place / own);
        const float = floats[unit * width + (place % own)] ?? Number.NaN;
        expect(Math.abs(weight * (scales[unit] ?? 0) - float)).toBeLessThan(1e-6 * Math.abs(float) + 1e-12);
      }
    }
    const fine = await (rounded as Network).quantize({ calibration: data, weightBits: 8 });
    expect(Math.max(...(fine.integers.layers[0]?.inputs[0]?.weights ?? []).map(Math.abs))).toBeGreaterThan(LEVELS);
  });

  it("a checkpoint holds weights that are not rounded, and goes on with the same bits", async () => {
    const whole = await createTrainer(config({ weightBits }), { backend, quiet: true });
    await whole.run(data);
    let part = await createTrainer(config({ weightBits }), { backend, quiet: true });
    for await (const event of part.run(data)) if (event.type === "epochEnd") break;
    const checkpoint = await part.checkpoint();
    part.dispose();
    part = await restoreTrainer(checkpoint, { backend, quiet: true });
    await part.run(data);
    expect(await part.parameters()).toEqual(await whole.parameters());
    expect(await part.checkpoint()).toEqual(await whole.checkpoint());
    part.dispose();
    whole.dispose();
  });

  it.each([
    [{ weightBits: 1 }, "training.weightBits"],
    [{ weightBits: 9 }, "training.weightBits"],
    [{ weightBits: 4.5 }, "training.weightBits"],
    [{ weightBits: [8] }, "training.weightBits"],
    [{ weightBits: [8, 1] }, "training.weightBits[1]"],
    [{ weightBits: [8, 4.5] }, "training.weightBits[1]"],
  ])("refuses %j", async (training, path) => {
    await expect(createTrainer(config(training), { backend })).rejects.toMatchObject({ code: "CONFIG_INVALID", path });
  });
});
