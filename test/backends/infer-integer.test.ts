import { createNetwork, createTrainer, datasets, encode, presets } from "spikelet";
import { load as loadFloats } from "spikelet/infer";
import { InferError, load } from "spikelet/infer/integer";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { configOf, randomSpikes, STEPS, strengthen } from "../support/infer-comparison.js";
import { compareIntegers, INTEGER_CASES, quantized } from "../support/infer-integers.js";
import type { Case } from "../support/infer-networks.js";
import { asVersion1, resealed } from "../support/resealed.js";

const DENSE: Case = { input: 20, layers: [{ type: "dense", units: 30 }] };

describe.each(BACKENDS)("a network of whole numbers that %s exported, in spikelet/infer/integer", (backend) => {
  it.each(INTEGER_CASES)("has the same numbers: %s", async (_, given) => {
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    using integers = await quantized(network, given);
    await compareIntegers(integers, load(await integers.exportModel()), given);
  });

  it.each(Object.entries(presets))("has the same numbers: preset %s", async (_, config) => {
    const fires = config.loss?.type !== "membrane";
    const given: Case = { ...config.network, layers: [], steps: 60, fires };
    using network = await createNetwork({ ...config, network: { ...config.network, steps: 60 } }, { backend });
    await strengthen(network, { ...given, strength: 3 });
    using integers = await quantized(network, given);
    await compareIntegers(integers, load(await integers.exportModel()), given);
  });

  it.each(["mean", "max", "last", "each"] as const)("decides by the statistic %s", async (statistic) => {
    using network = await createNetwork(configOf(DENSE, statistic), { backend });
    await strengthen(network, DENSE);
    using integers = await quantized(network, DENSE);
    await compareIntegers(integers, load(await integers.exportModel()), DENSE);
  });

  it("decides by first spikes as its network does, by counts in a file of version 1, and not in silence", async () => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 30 }], fires: true };
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    using integers = await quantized(network, given);
    const samples = Array.from({ length: 20 }, (_, seed) => randomSpikes(given, seed));
    const { classes, scores, layers } = await integers.predict(
      datasets.fromSpikes({ spikes: [...samples, { times: [], units: [] }] }),
    );
    const first = samples.map((_, sample) => layers.at(-1)?.sample(sample).units[0]);
    const counts = samples.map((_, sample) => {
      const own = scores.slice(sample * 30, (sample + 1) * 30);
      return own.indexOf(Math.max(...own));
    });
    expect(first).not.toEqual(counts);
    const file = await integers.exportModel();
    const [model, old] = [load(file), load(asVersion1(resealed(file, 2, 1), 3))];
    expect(samples.map((spikes) => model.predict(spikes).output)).toEqual(first);
    expect(samples.map((spikes) => old.predict(spikes).output)).toEqual(counts);
    expect(Array.from(classes)).toEqual([...first, model.predict({ times: [], units: [] }).output ?? -1]);
  });

  it("holds states within 16 bits, and counts those that do not fit", async () => {
    const neuron = { currentDecay: 0.5, membraneDecay: 0.5 };
    const given: Case = { ...DENSE, neuron };
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    const calibration = datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }] });
    using integers = await network.quantize({ calibration, stateBits: 16 });
    const model = load(await integers.exportModel());
    await compareIntegers(integers, model, given);
    const units = Array.from({ length: 4000 }, (_, k) => k % 20);
    const spikes = { times: units.map((_, k) => k % 7), units };
    const found = await integers.predict(datasets.fromSpikes({ spikes: [spikes] }));
    expect(found.clamped).toBeGreaterThan(0);
    expect(model.predict(spikes).clamped).toBe(found.clamped);
  });

  it("names classes, and knows what it was trained on", async () => {
    using trainer = await createTrainer(configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true }), { backend });
    const images = datasets.fromImages({ pixels: new Uint8Array(8), labels: [0, 1], shape: [2, 2], classes: ["cat", "dog"] });
    const data = images.encode(encode.latency({ last: 20, skipZero: false }));
    await trainer.run(data, { epochs: 1 });
    using integers = await trainer.quantize({ calibration: data });
    const model = load(await integers.exportModel());
    expect(model).toMatchObject({ inputs: 4, outputs: 2, steps: STEPS, classes: ["cat", "dog"] });
    expect(model.trainedOn).toEqual(trainer.info.trainedOn);
    const { output, name } = model.predict({ times: [0, 1, 1, 2], units: [0, 1, 2, 3] });
    expect(name).toBe(model.classes?.[output ?? -1]);
  });

  it("is refused where floats run, as those are where it runs", async () => {
    using network = await createNetwork(configOf(DENSE), { backend });
    using integers = await quantized(network, DENSE);
    const expected = expect.objectContaining({ code: "MODEL_INVALID", message: "model: has no network that runs here" });
    const file = await integers.exportModel();
    expect(() => loadFloats(file)).toThrow(expected);
    const floats = await network.exportModel();
    expect(() => load(floats)).toThrow(expected);
  });

  it("takes spikes of its steps and inputs, without values", async () => {
    using network = await createNetwork(configOf(DENSE), { backend });
    using integers = await quantized(network, DENSE);
    const model = load(await integers.exportModel());
    const refusals = [
      [{ times: [STEPS], units: [0] }, "SHAPE_MISMATCH", "spikes.times[0]"],
      [{ times: [0], units: [20] }, "SHAPE_MISMATCH", "spikes.units[0]"],
      [{ times: [0], units: [0], values: [2] }, "DATA_FORMAT", "spikes.values[0]"],
    ] as const;
    for (const [spikes, code, path] of refusals) {
      expect(() => model.predict(spikes)).toThrow(expect.objectContaining({ code, path }));
    }
    const stream = model.stream();
    expect(() => stream.step([3, 20])).toThrow(InferError);
    expect(stream.steps).toBe(0);
    const spikes = randomSpikes(DENSE, 1);
    expect(model.predict({ ...spikes, values: spikes.times.map(() => 1) })).toEqual(model.predict(spikes));
    const one = model.stream();
    const other = load(await integers.exportModel()).stream();
    one.step([3]);
    one.restart();
    expect(one.step([1, 2, 2])).toEqual(other.step([2, 1, 2]));
    expect(one.membranes).toEqual(other.membranes);
  });
});
