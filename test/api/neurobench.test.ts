import { createNetwork, type LossConfig, neuroBench } from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

const data = tinyData(24);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("results in the words of NeuroBench", () => {
  it.each<[LossConfig["type"], "firstSpike" | "count"]>([
    ["latency", "firstSpike"],
    ["count", "count"],
  ])("are those of the spikes themselves, with the loss %s", async (type, decision) => {
    using network = await createNetwork({ ...tinyConfig, loss: { type } });
    const [hidden] = await network.parameters();
    if (hidden === undefined) throw new Error("the network has no layer");
    hidden.weights.fill(0, 0, 8);
    await network.setParameters(0, hidden);
    const metrics = await network.evaluate(data);
    const prediction = await network.predict(data);
    const events = await data.events({ steps: 30 });

    let operations = 0;
    for (let sample = 0; sample < data.length; sample++) {
      const steps = prediction.steps[sample] ?? 0;
      const spikesIn = (times: Uint32Array | Uint16Array) => times.filter((time) => time < steps).length;
      operations +=
        8 * spikesIn(events.sample(sample).times) + 2 * spikesIn(prediction.layers[0]?.sample(sample).times ?? events.times);
    }
    const spikes = sum(prediction.layers.map(({ times }) => times.length));
    expect(spikes).toBeGreaterThan(0);
    expect(await neuroBench(network, metrics)).toEqual({
      ParameterCount: 4 * 8 + 8 + 8 * 2 + 2,
      Footprint: 4 * (4 * 8 + 8 + 8 * 2 + 2),
      ConnectionSparsity: 8 / (4 * 8 + 8 * 2),
      ClassificationAccuracy: metrics.accuracy[decision],
      ActivationSparsity: expect.closeTo(1 - spikes / (sum(prediction.steps) * (8 + 2)), 12),
      SynapticOperations: { Effective_MACs: 0, Effective_ACs: operations / data.length },
    });
  });
});
