// The latency loss for rules without spike times.
import { type Config, createNetwork, createTrainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

const OFF = { type: "latency", inverseTemperature: 0.5, silentTargetPenalty: 0, endSimulation: "off" } as const;

function configOf(loss: NonNullable<Config["loss"]>): Config {
  const training = { ...tinyConfig.training, epochs: 30, seed: 2, silentUnitUpdate: { strength: 0 } };
  return { ...tinyConfig, rule: { type: "activation" }, loss, training };
}

describe("the spike gradient of first spikes", () => {
  it("lets surrogate gradients learn by first spikes, which they can't without", async () => {
    const losses = [];
    for (const spikeGradient of ["none", "relaxed"] as const) {
      using trainer = await createTrainer(configOf({ ...OFF, spikeGradient }));
      const before = (await trainer.evaluate(tinyData())).loss;
      await trainer.run(tinyData());
      const { loss, accuracy } = await trainer.evaluate(tinyData());
      losses.push({ before, loss, accuracy: accuracy.firstSpike });
    }
    const [none, relaxed] = losses;
    expect(none?.loss).toBe(none?.before);
    expect(relaxed?.accuracy).toBe(1);
    expect(relaxed?.loss).toBeLessThan(0.5 * (relaxed?.before ?? 0));
  });

  it.each([0, 3, undefined])("reaches as far before the first spike as the horizon says: %s", async (horizon) => {
    const loss = { ...OFF, spikeGradient: "relaxed" as const, ...(horizon !== undefined && { horizon }) };
    using network = await createNetwork(configOf(loss));
    const { trace, prediction } = await network.gradients(tinyData(1), { trace: true });
    const { times, units } = prediction.layers.at(-1)?.sample(0) ?? { times: [], units: [] };
    const steps = tinyConfig.network.steps ?? 0;
    for (const output of [0, 1]) {
      const first = times[[...units].indexOf(output)] ?? steps;
      const reached = Array.from({ length: steps }, (_, step) => step).filter(
        (step) => trace?.at(-1)?.spikeGradient[2 * step + output] !== 0,
      );
      const from = Math.max(0, first - (horizon ?? steps));
      expect(reached).toEqual(Array.from({ length: Math.min(first + 1, steps) - from }, (_, step) => from + step));
    }
  });
});
