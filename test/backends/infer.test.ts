import { createNetwork, createTrainer, datasets, encode, type LayerConfig, presets } from "spikelet";
import { load } from "spikelet/infer";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import {
  compareSamples,
  compareStreams,
  configOf,
  OUTPUTS,
  randomSpikes,
  STEPS,
  strengthen,
} from "../support/infer-comparison.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";

/** Weights of each unit in whole numbers of its scale. */
function rounded(weights: Float32Array, units: number, max: number): Float32Array {
  const width = weights.length / units;
  if (width === 1) return weights;
  const scales = Array.from({ length: units }, (_, unit) =>
    weights
      .subarray(unit * width, (unit + 1) * width)
      .reduce((largest, weight) => Math.max(largest, Math.fround(Math.abs(weight) / max)), 0),
  );
  return weights.map((weight, k) => {
    const scale = scales[Math.floor(k / width)] ?? 0;
    return scale === 0 ? 0 : scale * Math.round(Math.fround(weight / scale));
  });
}

describe.each(BACKENDS)("a network that %s exported, in spikelet/infer", (backend) => {
  it.each(Object.entries({ ...CHAINS, ...GRAPHS }))("has the same bits: %s", async (_, given) => {
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    await compareSamples(network, model, given);
    await compareStreams(network, model, given);
  });

  it.each(Object.entries(presets))("has the same bits: preset %s", async (_, config) => {
    const fires = config.loss?.type !== "membrane";
    const given: Case = { ...config.network, layers: [], steps: 60, fires };
    using network = await createNetwork({ ...config, network: { ...config.network, steps: 60 } }, { backend });
    await strengthen(network, { ...given, strength: 3 });
    await compareSamples(network, load(await network.exportModel()), given);
  });

  it.each(["mean", "max", "last", "softmaxSum", "each", "expMean"] as const)("decides by the statistic %s", async (statistic) => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 20 }] };
    using network = await createNetwork(configOf(given, statistic), { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    await compareSamples(network, model, given);
    await compareStreams(network, model, given);
  });

  it("ends a sample once all outputs have fired, or the first, as the network does", async () => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 3 }], fires: true };
    const config = { ...configOf(given), loss: { type: "latency" as const, endSimulation: "sample" as const } };
    using network = await createNetwork(config, { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    for (const earlyDecision of [false, true]) {
      const spikes = randomSpikes(given, 1);
      const found = await network.predict(datasets.fromSpikes({ spikes: [spikes] }), { earlyDecision });
      const answer = model.predict(spikes, { earlyDecision });
      expect(answer.steps).toBeLessThan(STEPS);
      expect([answer.steps, answer.output, answer.decisionStep]).toEqual([
        found.steps[0],
        found.classes[0],
        found.decisionStep?.[0],
      ]);
      expect(answer.counts).toEqual(found.scoresByCount);
    }
  });

  it("names classes and tells the encoding that it learnt with", async () => {
    using trainer = await createTrainer(configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true }), { backend });
    const images = datasets.fromImages({ pixels: new Uint8Array(8), labels: [0, 1], shape: [2, 2], classes: ["cat", "dog"] });
    await trainer.run(images.encode(encode.latency({ last: 20 })), { epochs: 1 });
    const model = load(await trainer.exportModel());
    expect(model).toMatchObject({ inputs: 4, outputs: 2, steps: STEPS, decision: "firstSpike", classes: ["cat", "dog"] });
    expect(model.trainedOn).toEqual(trainer.info.trainedOn);
    const { output, name } = model.predict({ times: [0, 1, 1, 2], units: [0, 1, 2, 3] });
    expect(name).toBe(output === undefined ? undefined : model.classes?.[output]);
  });

  it("has weights of half precision, halves to even", async () => {
    using network = await createNetwork(configOf({ input: 3, layers: [] }), { backend });
    const weights = Float32Array.of(
      1,
      1 / 3,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      2 ** -24,
      2 ** -25,
      -(3 * 2 ** -25),
      -65504,
      0,
      5,
      6,
      7,
    );
    await network.setParameters(0, { weights, biases: new Float32Array(OUTPUTS) });
    const [whole, half] = [await network.exportModel(), await network.exportModel({ weights: "float16" })];
    expect(half.length).toBe(whole.length - 2 * weights.length);
    const rounded = Float32Array.of(1, 0.333251953125, 1, 1 + 2 ** -9, 2 ** -24, 0, -(2 ** -23), -65504, 0, 5, 6, 7);
    await network.setParameters(0, { weights: rounded, biases: new Float32Array(OUTPUTS) });
    const spikes = randomSpikes({ input: 3, layers: [] }, 1);
    expect(load(half).predict(spikes)).toEqual(load(await network.exportModel()).predict(spikes));
    await network.setParameters(0, { weights: weights.fill(65_520), biases: new Float32Array(OUTPUTS) });
    await expect(network.exportModel({ weights: "float16" })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "weights" });
    await expect(network.exportModel({ weights: "int2" as "int4" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  const FURTHER: LayerConfig[] = [
    { type: "conv2d", channels: 3, kernel: 3, name: "a" },
    { type: "conv2d", channels: 5, kernel: 2, name: "b", inputs: [{ type: "conv2d", from: "a", kernel: 1 }] },
    { type: "flatten" },
    { type: "dense", units: 7, name: "c" },
    { type: "oneToOne", name: "d" },
    { type: "dense", units: 5, recurrent: true },
  ];

  it.each([
    ["int8", 127, 1],
    ["int4", 7, 0.5],
  ] as const)("has weights of %s, rounded by unit or channel", async (type, max, bytes) => {
    const given: Case = { input: [2, 5, 5], layers: FURTHER };
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    const file = await network.exportModel({ weights: type });
    const [whole, layers] = [await network.exportModel(), await network.parameters()];
    let saved = 0;
    for (const [layer, { weights, biases, inputs = [], learnt }] of layers.entries()) {
      const all = [weights, ...inputs.map((input) => input.weights)];
      const [own = weights, ...further] = all.map((weights) => rounded(weights, biases.length, max));
      await network.setParameters(layer, {
        weights: own,
        biases,
        ...(learnt && { learnt }),
        inputs: inputs.map((input, k) => ({ ...input, weights: further[k] ?? input.weights })),
      });
      for (const { length } of all) {
        const words = (size: number) => 4 * Math.ceil(size / 4);
        if (length > biases.length) saved += 4 * length - words(bytes * length) - 4 * biases.length;
      }
    }
    expect(file.length).toBe(whole.length - saved);
    const [found, expected] = [load(file), load(await network.exportModel())];
    for (const seed of [1, 2, 3]) {
      const spikes = randomSpikes(given, seed);
      expect(found.predict(spikes)).toEqual(expected.predict(spikes));
    }
  });

  it("exports the averages with which it predicts", async () => {
    const config = configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true });
    const training = { averaging: { type: "ema" as const, decay: 0.9 }, epochs: 2, batchSize: 1 };
    using trainer = await createTrainer({ ...config, training }, { backend });
    const data = datasets.fromSpikes({ spikes: [randomSpikes({ input: 4, layers: [] }, 1)], labels: [1] });
    await trainer.run(data);
    const found = await trainer.predict(data);
    const { counts } = load(await trainer.exportModel()).predict(randomSpikes({ input: 4, layers: [] }, 1));
    expect(counts).toEqual(found.scoresByCount);
  });
});
