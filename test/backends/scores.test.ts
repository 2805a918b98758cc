import { createNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const none = new Uint32Array();

describe.each(BACKENDS)("the scores of a prediction, on %s", (backend) => {
  it("are what the decisions follow from", async () => {
    using network = await createNetwork(tinyConfig, { backend });
    for (const [layer, { weights, biases }] of (await network.parameters()).entries()) {
      await network.setParameters(layer, { weights: weights.map((weight) => weight + 0.4), biases });
    }
    const data = tinyData(6);
    const { steps, layers, ...decided } = await network.predict(data);
    const { scoresByCount = none, scoresByFirstSpike = none, byCount = none, byFirstSpike = none, decisionStep = none } = decided;
    expect([scoresByCount.length, scoresByFirstSpike.length]).toEqual([2 * data.length, 2 * data.length]);
    for (let sample = 0; sample < data.length; sample++) {
      const of = (scores: Uint32Array) => [...scores.subarray(2 * sample, 2 * sample + 2)];
      const { times, units } = layers[1]?.sample(sample) ?? { times: [], units: [] };
      const counts = [0, 1].map((output) => [...units].filter((unit) => unit === output).length);
      const end = steps[sample] ?? 0;
      const first = [0, 1].map((output) => end - (times[[...units].indexOf(output)] ?? end));
      expect(of(scoresByCount)).toEqual(counts);
      expect(of(scoresByFirstSpike)).toEqual(first);
      expect(byCount[sample]).toBe(counts.indexOf(Math.max(...counts)));
      expect(byFirstSpike[sample]).toBe(first.indexOf(Math.max(...first)));
      expect(decisionStep[sample]).toBe(end - Math.max(...first));
    }
    expect(layers[1]?.times.length).toBeGreaterThan(0);
  });
});
