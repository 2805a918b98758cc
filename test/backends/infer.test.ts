import { createNetwork, createTrainer, datasets, encode, presets } from "spikelet";
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
    await expect(network.exportModel({ weights: "int8" as "float16" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
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
