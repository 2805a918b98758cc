import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  decodeAer,
  encode,
  encodeSpikes,
  parseIdx,
  type RuleConfig,
} from "spikelet";
import { loadBackend } from "spikelet/backend";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

describe("a network", () => {
  it("states its resolved configuration and itself", async () => {
    using network = await createNetwork(tinyConfig);
    expect(network.config).toMatchObject({
      network: { input: 4, steps: 30, neuron: { currentDecay: 0.8, threshold: 1 } },
      rule: { type: "antlr", activationWeight: 1, timingWeight: 1 },
      loss: { type: "latency", endSimulation: "sample" },
      training: { gradientClip: 1, threads: "auto" },
    });
    expect(network.info.layers).toMatchObject([
      { inputs: 4, units: 8, filters: 8 },
      { inputs: 8, units: 2, filters: 2 },
    ]);
    expect(network.info.threads).toBeGreaterThanOrEqual(1);
    expect(network.info.version).toBe("0.1.0");
  });

  it("states how each pass of its rule takes each layer", async () => {
    const planOf = async (config: Config) => {
      using network = await createNetwork(config);
      return network.info.layers.map(({ plan }) => plan);
    };
    const listed = { times: "listed", cost: ["units × steps", "units × injections", "weights × spikes"] };
    expect(await planOf(tinyConfig)).toEqual([
      [{ errors: "carried", ...listed }],
      [{ errors: "loss", times: "loss", cost: ["units × steps"] }],
    ]);
    expect(await planOf({ ...tinyConfig, rule: { type: "mixture" } })).toMatchObject([
      [
        { errors: "carried", times: "none" },
        { errors: "none", times: "listed" },
      ],
      [
        { errors: "loss", times: "none" },
        { errors: "none", times: "loss" },
      ],
    ]);
  });

  it("has the weights of its seed", async () => {
    const of = async (seed: number) => {
      using network = await createNetwork({ ...tinyConfig, training: { seed } });
      return network.parameters();
    };
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
  });

  it("takes parameters and gives them back", async () => {
    using network = await createNetwork(tinyConfig);
    const weights = Float32Array.from({ length: 16 }, (_, k) => k / 16);
    const biases = Float32Array.of(1, -1);
    await network.setParameters(1, { weights, biases });
    expect((await network.parameters())[1]).toEqual({ weights, biases });
  });

  it.each([
    { type: "antlr", surrogate: { type: "triangle", halfWidth: 0.5 } },
    { type: "mixture", surrogate: { type: "rectangle", halfWidth: 0.4 } },
    { type: "timing" },
  ] satisfies RuleConfig[])("gives the gradients of $type through two hidden layers, with or without a trace", async (rule) => {
    const layers = [40, 70, 10].map((units) => ({ type: "dense", units }) as const);
    using network = await createNetwork({ network: { input: 784, steps: 60, layers }, rule, training: { seed: 3 } });
    for (const [layer, { weights, ...others }] of (await network.parameters()).entries()) {
      await network.setParameters(layer, { ...others, weights: weights.map((weight) => 12 * weight) });
    }
    const data = (await datasets.digits()).encode(encode.latency()).slice(0, 4);
    const { layers: found } = await network.gradients(data);
    expect(found.every(({ weights }) => weights.some((gradient) => gradient !== 0))).toBe(true);
    expect((await network.gradients(data, { trace: true })).layers).toEqual(found);
  });

  it("gives gradients of the right shapes, with a trace when asked", async () => {
    using network = await createNetwork(tinyConfig);
    const { loss, metrics, layers, prediction, trace } = await network.gradients(tinyData(3), { trace: true });
    expect(loss).toBe(metrics.loss);
    expect(layers.map(({ weights, biases }) => [weights.length, biases.length])).toEqual([
      [32, 8],
      [16, 2],
    ]);
    expect(prediction.classes.length).toBe(3);
    expect(trace?.map(({ units, steps, membrane }) => [units, steps, membrane.length])).toEqual([
      [8, 30, 3 * 30 * 8],
      [2, 30, 3 * 30 * 2],
    ]);
    expect((await network.gradients(tinyData(3))).trace).toBeUndefined();
  });

  it("answers calls that are made at once", async () => {
    using network = await createNetwork(tinyConfig);
    const [one, two, three] = await Promise.all([
      network.predict(tinyData()),
      network.evaluate(tinyData()),
      network.predict(tinyData()),
    ]);
    expect(one).toEqual(three);
    expect(two.samples).toBe(24);
  });

  it("is gone after dispose", async () => {
    const trainer = await createTrainer(tinyConfig);
    trainer.dispose();
    trainer.dispose();
    const gone = expect.objectContaining({ code: "DISPOSED" });
    expect(() => trainer.config).toThrow(gone);
    await expect(trainer.parameters()).rejects.toEqual(gone);
    await expect(trainer.evaluate(tinyData())).rejects.toEqual(gone);
    await expect(trainer.checkpoint()).rejects.toEqual(gone);
    await expect(trainer.run(tinyData())[Symbol.asyncIterator]().next()).rejects.toEqual(gone);
  });
});

describe("the backend", () => {
  it("says what it is and why", async () => {
    const backend = await loadBackend();
    expect(backend.kind).toBe("native");
    expect(backend.simdLevels).toContain(backend.simd);
    expect(backend.reason).not.toBe("");
    expect((await loadBackend("native")).reason).toMatch(/asks for it/);
  });

  it("encodes on its own", async () => {
    const events = await encodeSpikes(Uint8Array.of(255, 0, 128), encode.latency({ first: 0, last: 24 }), {
      units: 3,
      steps: 50,
    });
    expect([...events.triples()]).toEqual([
      [0, 0, 0],
      [0, 11, 2],
    ]);
  });

  it("reads recordings and IDX files", async () => {
    const events = await decodeAer(Uint8Array.of(1, 2, 0x80, 0x03, 0xe8), { steps: 300 });
    expect([...events.triples()]).toEqual([[0, 1, (34 + 1) * 34 + 2]]);
    const idx = await parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
    expect([Array.from(idx.shape), Array.from(idx.data)]).toEqual([[2], [7, 9]]);
  });

  it("applies an encoding when a data set is fed, like on its own", async () => {
    const pixels = Uint8Array.from({ length: 40 }, (_, k) => (k * 37) % 256);
    const images = datasets
      .fromImages({ pixels, labels: new Array(10).fill(0), shape: [4] })
      .encode(encode.latency({ last: 20 }));
    const spikes = datasets.fromSpikes({ spikes: await images.events({ steps: 30 }), labels: new Array(10).fill(0) });
    using network = await createNetwork(tinyConfig);
    expect(await network.predict(images)).toEqual(await network.predict(spikes));
  });
});
