import { type Config, createTrainer, restoreTrainer, type WarningEvent } from "spikelet";
import { afterEach, describe, expect, it, vi } from "vitest";
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

const warned = () => vi.spyOn(console, "warn").mockImplementation(() => undefined);

afterEach(() => vi.restoreAllMocks());

describe("a rule and a loss that do not suit each other", () => {
  it.each([
    ["activation", "latency", '"antlr" or "timing"'],
    ["timing", "count", '"antlr" or "activation"'],
    ["eventProp", "count", '"antlr" or "activation"'],
    ["timing", "countCrossEntropy", '"antlr" or "activation"'],
  ] as const)("%s with %s: the trainer says so as it is created, and its run first of all", async (rule, loss, remedy) => {
    const warn = warned();
    using trainer = await createTrainer({
      ...tinyConfig,
      ...neuron({ reset: "membrane" }),
      rule: { type: rule },
      loss: { type: loss },
    });
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toMatch(new RegExp(`^spikelet: the rule \`${rule}\` .*\`${loss}\`.*${remedy}`));
    for await (const event of trainer.run(tinyData())) {
      expect(event).toMatchObject({ type: "warning", code: "RULE_WITHOUT_GRADIENT", layer: null, epoch: 1 });
      break;
    }
    const codes: string[] = [];
    for await (const event of trainer.run(tinyData())) if (event.type === "warning") codes.push(event.code);
    expect(codes).not.toContain("RULE_WITHOUT_GRADIENT");
    expect(warn).toHaveBeenCalledOnce();
  });

  it.each([
    ["antlr", "latency"],
    ["activation", "count"],
    ["timing", "latency"],
  ] as const)("%s with %s suits", async (rule, loss) => {
    const warn = warned();
    using trainer = await createTrainer({ ...tinyConfig, rule: { type: rule }, loss: { type: loss } });
    expect(trainer.config.rule.type).toBe(rule);
    expect(warn).not.toHaveBeenCalled();
  });

  it("is not said when the trainer is to be quiet", async () => {
    const warn = warned();
    using trainer = await createTrainer({ ...tinyConfig, rule: { type: "timing" }, loss: { type: "count" } }, { quiet: true });
    const { warnings } = await trainer.run(tinyData());
    expect(warnings.map(({ code }) => code)).toContain("RULE_WITHOUT_GRADIENT");
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("a run that is awaited", () => {
  const silent = { ...tinyConfig, ...neuron({ threshold: 50 }) };

  it("prints its warnings, also after a restore", async () => {
    const warn = warned();
    using trainer = await createTrainer(silent);
    const start = await trainer.checkpoint();
    await trainer.run(tinyData());
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^spikelet: layer 0 is silent.*; .*`network\.neuron\.threshold`/)]]);
    using restored = await restoreTrainer(start);
    await restored.run(tinyData());
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("prints none when the trainer is to be quiet, or when its events are read", async () => {
    const warn = warned();
    using quiet = await createTrainer(silent, { quiet: true });
    expect((await quiet.run(tinyData())).warnings).toHaveLength(1);
    using read = await createTrainer(silent);
    for await (const _ of read.run(tinyData()));
    using restored = await restoreTrainer(await quiet.checkpoint(), { quiet: true });
    await restored.run(tinyData(), { epochs: 3 });
    expect(warn).not.toHaveBeenCalled();
  });
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
