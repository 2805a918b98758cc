// Learning while the steps run: updates within samples, and streams that learn (spec 19.2, 19.5).
import { type Config, createNetwork, createTrainer, datasets, type LayerParameters, type SpikeTrain } from "spikelet";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../ts/random.js";

const INPUTS = 12;
const OUTPUTS = 2;

/** A recurrent network that follows a series. */
function configOf(steps: number, every: number | null, changes: Partial<Config> = {}): Config {
  return {
    network: {
      input: INPUTS,
      steps,
      layers: [
        { type: "dense", units: 20, recurrent: true, neuron: { type: "alif", adaptationStrength: 0.2, learn: ["threshold"] } },
        { type: "dense", units: 17, neuron: { reset: "subtract", refractory: 2 } },
        { type: "dense", units: OUTPUTS, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: "eprop", surrogate: { type: "triangle" } },
    loss: { type: "trace" },
    optimizer: { type: "adam", learningRate: 0.01 },
    schedule: { type: "constant" },
    training: { epochs: 1, batchSize: 1, threads: 1, updateEvery: every },
    ...changes,
  };
}

function drawn(steps: number, samples = 1) {
  const draw = mulberry32(5);
  const spikes = Array.from({ length: samples }, (): SpikeTrain => {
    const fired = Array.from({ length: steps * INPUTS }, (_, k) => k).filter(() => draw() < 0.15);
    return { times: fired.map((k) => Math.floor(k / INPUTS)), units: fired.map((k) => k % INPUTS) };
  });
  const series = Float32Array.from({ length: samples * steps * OUTPUTS }, (_, k) => Math.sin(k / 40) + (k % OUTPUTS));
  return { spikes, series, data: datasets.fromSpikes({ spikes, series }) };
}

/** Weights at which all layers fire. */
async function loud(config: Config): Promise<LayerParameters[]> {
  using network = await createNetwork(config);
  const parameters = await network.parameters();
  return parameters.map(({ weights, ...rest }, layer) => ({ ...rest, weights: weights.map((w) => (layer < 2 ? 3 * w : w)) }));
}

describe("updates within samples", () => {
  it("move the parameters every so many steps, those of layers that fire", async () => {
    const { data } = drawn(60, 3);
    const config = configOf(60, 20, { training: { ...configOf(60, 20).training, batchSize: 3 } });
    const parameters = await loud(config);
    using trainer = await createTrainer(config, { parameters });
    await trainer.run(data);
    const found = await trainer.parameters();
    expect((await trainer.history()).at(-1)?.train.spikes.perUnit.every((spikes) => spikes > 0.1)).toBe(true);
    for (const [layer, { weights }] of found.entries()) expect(weights).not.toEqual(parameters[layer]?.weights);
    using whole = await createTrainer(configOf(60, null, { training: { ...config.training, updateEvery: null } }), {
      parameters,
    });
    await whole.run(data);
    expect((await whole.parameters())[0]?.weights).not.toEqual(found[0]?.weights);
  });

  it.each([
    ["another rule", { rule: { type: "activation" as const } }, "needs the rule eprop, got activation"],
    ["rate bounds", { regularizers: { rateBounds: { strength: 1, lower: 0.1 } } }, "is not defined with regularizers.rateBounds"],
    [
      "the silent-unit update",
      { training: { updateEvery: 1, silentUnitUpdate: { rules: "all" as const } } },
      "is not defined with silentUnitUpdate.rules",
    ],
  ])("are refused with %s", async (_, changes, reason) => {
    await expect(createNetwork(configOf(20, 5, changes))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "training.updateEvery",
      reason: expect.stringContaining(reason),
    });
  });
});

describe("a stream that learns", () => {
  it.each([60, 1200])("moves its parameters as a sample of %s steps does, bit for bit", async (steps) => {
    const { spikes, series, data } = drawn(steps);
    const config = configOf(steps, 10);
    const parameters = await loud(config);
    using trainer = await createTrainer(config, { parameters });
    using network = await createNetwork(config, { parameters });
    await trainer.run(data);
    const stream = await network.stream({ learn: { every: 10 } });
    const { times, units } = spikes[0] as { times: number[]; units: number[] };
    const cuts = [0, 7, 50, steps];
    for (const [number, from] of cuts.slice(0, -1).entries()) {
      const to = cuts[number + 1] as number;
      const here = times.map((time, k) => ({ time, unit: units[k] as number })).filter(({ time }) => time >= from && time < to);
      const part = { times: here.map(({ time }) => time - from), units: here.map(({ unit }) => unit) };
      const targets = Array.from({ length: to - from }, (_, t) => series.slice((from + t) * OUTPUTS, (from + t + 1) * OUTPUTS));
      await stream.learn(part, targets);
    }
    expect(await stream.parameters()).toEqual(await trainer.parameters());
    expect(await network.parameters()).toEqual(parameters);
  });

  it("answers as another stream as long as nothing moves", async () => {
    const { spikes } = drawn(40);
    using network = await createNetwork(configOf(40, null));
    const [plain, still] = [await network.stream(), await network.stream({ learn: { learningRate: 0 } })];
    const first = await plain.run(spikes[0] as SpikeTrain, 40);
    const found = await still.learn(spikes[0] as SpikeTrain, new Array(40).fill(undefined));
    expect(found).toEqual(first);
    expect(await still.run({ times: [0], units: [3] }, 5)).toEqual(await plain.run({ times: [0], units: [3] }, 5));
    await still.restart();
    expect((await still.run(spikes[0] as SpikeTrain, 40)).membranes).toEqual(first.membranes);
  });

  it("says what it cannot learn, and takes no target that does not fit", async () => {
    using network = await createNetwork(configOf(20, null));
    using other = await createNetwork({ ...configOf(20, null), rule: { type: "timing" } });
    await expect(other.stream({ learn: {} })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "learn" });
    await expect(network.stream({ learn: { every: 0 } })).rejects.toMatchObject({ path: "learn.every" });
    const [stream, plain] = [await network.stream({ learn: {} }), await network.stream()];
    const none = { times: [], units: [] };
    await expect(stream.learn(none, [[1]])).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "targets[0]" });
    await expect(plain.learn(none, [[1, 2]])).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "targets" });
    await expect(plain.parameters()).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "learn" });
    const moved = await stream.parameters();
    await stream.learn(none, [undefined, [1, 2]]);
    expect(await stream.parameters()).not.toEqual(moved);
  });
});
