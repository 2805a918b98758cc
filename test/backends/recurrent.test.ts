import { type Config, createNetwork, createTrainer, datasets, restoreTrainer, type TrainEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { digitsConfig, fewDigits, tinyConfig, tinyData } from "../support/learning.js";

const config: Config = {
  ...digitsConfig,
  network: {
    ...digitsConfig.network,
    layers: [
      { type: "dense", units: 70, recurrent: true },
      { type: "dense", units: 10 },
    ],
  },
  training: {
    ...digitsConfig.training,
    epochs: 2,
    silentUnitUpdate: { rules: "off" },
    initialActivity: { spikesPerUnit: [0.3, 0.8] },
  },
};

describe.each(BACKENDS)("a recurrent layer, on %s", (backend) => {
  it("hears its own spikes one step later", async () => {
    const network: Config["network"] = {
      input: 1,
      steps: 12,
      neuron: { currentDecay: 0, membraneDecay: 0 },
      layers: [{ type: "dense", units: 3, recurrent: true }],
    };
    using ring = await createNetwork({ network, loss: { type: "count" } }, { backend });
    expect(ring.info.layers).toMatchObject([
      { inputs: 4, units: 3, filters: 3, recurrent: true, plan: [{ within: expect.any(String) }] },
    ]);
    // The input starts unit 0, each unit starts the next one.
    const weights = Float32Array.of(2, 0, 0, 2, 0, 2, 0, 0, 0, 0, 2, 0);
    await ring.setParameters(0, { weights, biases: new Float32Array(3) });
    const { layers } = await ring.predict(datasets.fromSpikes({ spikes: [{ times: [2], units: [0] }] }));
    expect(layers[0]?.sample(0)).toMatchObject({
      times: Uint16Array.from({ length: 10 }, (_, k) => k + 2),
      units: Uint32Array.from({ length: 10 }, (_, k) => k % 3),
    });
  });

  it("starts from the weights of its seed: of the scale of the inputs, then of the units", async () => {
    using network = await createNetwork(config, { backend });
    const [first] = await network.parameters();
    const largest = (from: number, to: number) => {
      let max = 0;
      for (const [k, weight] of (first?.weights ?? []).entries()) {
        if (k % 854 >= from && k % 854 < to) max = Math.max(max, Math.abs(weight));
      }
      return max;
    };
    expect(largest(0, 784) * Math.sqrt(784)).toBeCloseTo(1, 3);
    expect(largest(784, 854) * Math.sqrt(70)).toBeCloseTo(1, 2);
  });

  it.each([
    ["activation", "count"],
    ["antlr", "latency"],
    ["mixture", "latency"],
  ] as const)("learns with %s from the %s loss", async (type, loss) => {
    const [hidden, output] = tinyConfig.network.layers;
    const layers = [{ ...hidden, recurrent: true } as const, output] as Config["network"]["layers"];
    const network = { ...tinyConfig.network, layers };
    const training = { ...tinyConfig.training, epochs: 50, initialActivity: { spikesPerUnit: [1, 2] } };
    const schedule = { type: "constant" } as const;
    const given: Config = { ...tinyConfig, network, rule: { type }, loss: { type: loss }, schedule, training };
    using trainer = await createTrainer(given, { backend });
    const losses: number[] = [];
    for await (const event of trainer.run(tinyData())) if (event.type === "epochEnd") losses.push(event.train.loss);
    const { accuracy, spikes } = await trainer.evaluate(tinyData());
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
    expect(loss === "count" ? accuracy.count : accuracy.firstSpike).toBe(1);
    expect(spikes.perUnit[0]).toBeGreaterThan(0.1);
  });
});

it("a recurrent network has the same bits on every backend, with any number of threads, stopped or not", async () => {
  const { validation } = await fewDigits();
  const trained = async (backend: "native" | "wasm", threads: number, stopAt?: number) => {
    let trainer = await createTrainer({ ...config, training: { ...config.training, threads } }, { backend });
    if (stopAt !== undefined) {
      for await (const event of trainer.run(validation)) if (event.type === "step" && event.step === stopAt) break;
      const checkpoint = await trainer.checkpoint();
      trainer.dispose();
      trainer = await restoreTrainer(checkpoint, { backend });
    }
    const events: TrainEvent[] = [];
    for await (const event of trainer.run(validation)) events.push(event);
    const parameters = await trainer.parameters();
    trainer.dispose();
    return parameters;
  };
  const expected = await trained("native", 1);
  expect(await trained("native", 3)).toEqual(expected);
  expect(await trained("native", 2, 5)).toEqual(expected);
  for (const backend of BACKENDS) expect(await trained(backend, 1)).toEqual(expected);
});

it("a reset path with a lag is refused in a recurrent network", async () => {
  const lagged: Config = { ...config, rule: { type: "antlr", resetPath: { timing: { lag: 3 } } } };
  await expect(createTrainer(lagged)).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "rule.resetPath.timing" });
});
