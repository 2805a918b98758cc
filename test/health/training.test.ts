import { type Config, createTrainer, type WarningEvent } from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

/** The warnings of a real training of a tiny network. */
async function warningsOf(settings: Partial<Config>, { samples = 24, epochs = 4 } = {}): Promise<WarningEvent[]> {
  const training = { ...tinyConfig.training, ...settings.training, epochs };
  using trainer = await createTrainer({ ...tinyConfig, ...settings, training });
  const warnings: WarningEvent[] = [];
  for await (const event of trainer.run(tinyData(samples))) if (event.type === "warning") warnings.push(event);
  return warnings;
}

const neuron = (settings: object): Partial<Config> => ({
  network: { ...tinyConfig.network, neuron: { ...tinyConfig.network.neuron, ...settings } },
});

describe("a real training", () => {
  it("of a good network gives no warning", async () => {
    expect(await warningsOf({})).toEqual([]);
  });

  it.each<[string, number | null, Partial<Config>, { samples?: number; epochs?: number }?]>([
    ["SILENT_NETWORK", null, neuron({ threshold: 50 }), { samples: 80 }],
    ["SILENT_LAYER", 0, neuron({ threshold: 50 })],
    ["SILENT_OUTPUT", 1, { optimizer: { type: "adam", learningRate: 1e-9 } }],
    [
      "SATURATED_LAYER",
      1,
      { loss: { type: "count", positive: 20, negative: 18 }, optimizer: { type: "adam", learningRate: 0.05 } },
    ],
    ["VANISHING_SPIKES", 1, { loss: { type: "count" }, schedule: { type: "step", every: 2, factor: 100 } }],
    ["VANISHING_GRADIENT", null, { rule: { type: "timing" }, loss: { type: "count" } }, { epochs: 6 }],
    [
      "EXPLODING_GRADIENT",
      null,
      { rule: { type: "activation", surrogate: { type: "exponential", scale: 1000 } }, loss: { type: "count" } },
    ],
    ["FLAT_LOSS", null, { optimizer: { type: "adam", learningRate: 1e-9 } }],
    ["RISING_LOSS", null, { rule: { type: "timing" }, loss: { type: "count" } }],
  ])("can provoke %s", async (code, layer, settings, size) => {
    const warnings = await warningsOf(settings, size);
    const found = warnings.filter((warning) => warning.code === code && warning.layer === layer);
    expect(found, JSON.stringify(warnings)).toHaveLength(1);
    expect(found[0]).toMatchObject({ type: "warning", epoch: expect.any(Number), seconds: expect.any(Number) });
    expect(found[0]?.message).toMatch(/^[a-z].{20}/);
    expect(found[0]?.advice).toMatch(/`[a-z]+\.[a-zA-Z.]+`/);
  });

  it("says a warning once over several runs of a trainer", async () => {
    using trainer = await createTrainer({ ...tinyConfig, ...neuron({ threshold: 50 }) });
    const codes: string[] = [];
    for (const epochs of [1, 2]) {
      for await (const event of trainer.run(tinyData(), { epochs })) if (event.type === "warning") codes.push(event.code);
    }
    expect(codes).toEqual(["SILENT_LAYER"]);
  });
});
