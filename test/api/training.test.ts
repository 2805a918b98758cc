import { createTrainer, restoreNetwork, restoreTrainer, type TrainEvent, type Trainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { digitsConfig, fewDigits, tinyConfig, tinyData } from "../support/learning.js";

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** What the core says, without what the host measured. */
function bare(events: TrainEvent[]) {
  return events.map(({ seconds, samplesPerSecond, ...event }) => event);
}

async function trained(threads: number, simd?: string): Promise<{ events: unknown; parameters: unknown }> {
  using trainer = await createTrainer(
    { ...tinyConfig, training: { ...tinyConfig.training, threads } },
    simd === undefined ? {} : { simd },
  );
  const events = bare(await collect(trainer.run(tinyData(), { validation: tinyData(6) })));
  return { events, parameters: await trainer.parameters() };
}

describe("learning", () => {
  it("raises the accuracy on digits, and units fire", async () => {
    const { train, validation, test } = await fewDigits();
    using trainer = await createTrainer(digitsConfig);
    const before = await trainer.evaluate(test);
    const events = await collect(trainer.run(train, { validation }));
    const after = await trainer.evaluate(test);
    expect(events.at(-1)?.type).toBe("finished");
    expect(events.filter(({ type }) => type === "epochEnd")).toHaveLength(3);
    expect(events.filter(({ type }) => type === "step")).toHaveLength(150);
    expect(before.accuracy.firstSpike).toBeLessThan(0.4);
    expect(after.accuracy.firstSpike).toBeGreaterThan(0.7);
    expect(after.loss).toBeLessThan(before.loss);
    expect(after.spikes.perUnit.every((rate) => rate > 0.01 && rate < 20)).toBe(true);
    expect(after.silentFraction.every((share) => share < 0.99)).toBe(true);
    expect(after.synapticOperations).toBeGreaterThan(0);
    expect(after.synapticOperationsByLayer).toHaveLength(2);
    const [hidden, output] = after.synapticOperationsByLayer as [number, number];
    expect(hidden + output).toBeCloseTo(after.synapticOperations, 9);
  });

  it.each([
    { rule: { type: "activation" }, loss: { type: "latency" } },
    { rule: { type: "timing" }, loss: { type: "latency" } },
    { rule: { type: "antlr" }, loss: { type: "count", positive: 3 } },
    { rule: { type: "activation" }, loss: { type: "countCrossEntropy" } },
    { rule: { type: "mixture" }, loss: { type: "latency" } },
  ] as const)("works with %j", async ({ rule, loss }) => {
    using trainer = await createTrainer({ ...tinyConfig, rule, loss, training: { batchSize: 4, epochs: 25 } });
    const [first, ...rest] = (await collect(trainer.run(tinyData()))).filter((event) => event.type === "epochEnd");
    expect(rest.at(-1)?.train.loss).toBeLessThan(first?.train.loss ?? 0);
    expect(rest.at(-1)?.train.spikes.total.every((spikes) => spikes > 0)).toBe(true);
  });
});

it("has a cross-entropy over the counts of all steps", async () => {
  const loss = { type: "countCrossEntropy" as const, inverseTemperature: 0.5, labelSmoothing: 0.2, classWeights: [1, 3] };
  using trainer = await createTrainer({ ...tinyConfig, loss });
  const data = tinyData();
  const { scoresByCount: counts = [] } = await trainer.predict(data);
  const losses = Array.from(data.labels ?? [], (label, sample) => {
    const z = [0, 1].map((output) => loss.inverseTemperature * (counts[2 * sample + output] ?? Number.NaN));
    const logTotal = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0));
    const target = (output: number) => (output === label ? 1 - loss.labelSmoothing : 0) + loss.labelSmoothing / 2;
    return -(loss.classWeights[label] ?? 0) * z.reduce((sum, value, output) => sum + target(output) * (value - logTotal), 0);
  });
  const { loss: found } = await trainer.evaluate(data);
  expect(found).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / losses.length, 10);
  const early = createTrainer({ ...tinyConfig, loss: { ...loss, endSimulation: "sample" } as object as typeof loss });
  await expect(early).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "loss.endSimulation" });
});

describe("the same bits", () => {
  it("come from one thread and two", async () => {
    expect(await trained(1)).toEqual(await trained(2));
  });

  it("come from every SIMD level", async () => {
    using trainer = await createTrainer(tinyConfig);
    const best = await trained(1);
    expect(trainer.backend.simdLevels.length).toBeGreaterThan(0);
    for (const level of trainer.backend.simdLevels) expect(await trained(1, level), level).toEqual(best);
  });

  it("come after a stop and a restored checkpoint", async () => {
    using whole = await createTrainer(tinyConfig);
    const expected = bare(await collect(whole.run(tinyData(), { validation: tinyData(6) })));

    const events: TrainEvent[] = [];
    let trainer: Trainer = await createTrainer(tinyConfig);
    for (let stop = 0; stop < 40; stop++) {
      for await (const event of trainer.run(tinyData(), { validation: tinyData(6) })) {
        events.push(event);
        break;
      }
      events.push(...(await trainer.undelivered()));
      const checkpoint = await trainer.checkpoint();
      trainer.dispose();
      trainer = await restoreTrainer(checkpoint);
    }
    expect(bare(events)).toEqual(expected);
    expect(await trainer.parameters()).toEqual(await whole.parameters());
    trainer.dispose();
  });

  it("come from a network that is only restored", async () => {
    using trainer = await createTrainer(tinyConfig);
    await collect(trainer.run(tinyData()));
    using network = await restoreNetwork(await trainer.checkpoint());
    expect(await network.evaluate(tinyData())).toEqual(await trainer.evaluate(tinyData()));
    expect(await network.predict(tinyData())).toEqual(await trainer.predict(tinyData()));
  });
});

describe("a run", () => {
  it("is in the state that epochEnd reports", async () => {
    using trainer = await createTrainer({ ...tinyConfig, training: { batchSize: 1, epochs: 5 } });
    const validation = tinyData(200);
    for await (const event of trainer.run(tinyData(), { validation })) {
      if (event.type !== "epochEnd") continue;
      expect(trainer.info.epoch).toBe(event.epoch);
      expect((await trainer.evaluate(validation)).loss).toBe(event.validation?.loss);
    }
  });

  it("goes on after its end when it is given more epochs", async () => {
    using trainer = await createTrainer(tinyConfig);
    await collect(trainer.run(tinyData()));
    expect((await collect(trainer.run(tinyData()))).filter(({ type }) => type === "step")).toHaveLength(0);
    const more = await collect(trainer.run(tinyData(), { epochs: 3 }));
    expect(more.filter(({ type }) => type === "epochEnd").map((event) => "epoch" in event && event.epoch)).toEqual([3]);
  });

  it.each([0, 1])("of %i epochs leaves the next one those of the configuration", async (epochs) => {
    using whole = await createTrainer(tinyConfig);
    const expected = await whole.run(tinyData());
    using trainer = await createTrainer(tinyConfig);
    expect((await trainer.run(tinyData(), { epochs })).epochs).toHaveLength(epochs);
    expect((await trainer.run(tinyData())).epochs).toHaveLength(expected.epochs.length);
    expect(await trainer.parameters()).toEqual(await whole.parameters());
    expect(trainer.config).toEqual(whole.config);
  });

  it("that was stopped goes on to its own epochs", async () => {
    for (const epochs of [1, 3]) {
      using trainer = await createTrainer(tinyConfig);
      for await (const _ of trainer.run(tinyData(), { epochs })) break;
      using restored = await restoreTrainer(await trainer.checkpoint());
      expect((await trainer.run(tinyData())).epochs).toHaveLength(epochs);
      expect((await restored.run(tinyData())).epochs).toHaveLength(epochs);
      expect(await restored.parameters()).toEqual(await trainer.parameters());
    }
  });

  it("answers an abort while a batch is learnt, with next to no work of its own, and can go on", async () => {
    const { train } = await fewDigits();
    using trainer = await createTrainer({
      ...digitsConfig,
      network: {
        ...digitsConfig.network,
        layers: [
          { type: "dense", units: 800 },
          { type: "dense", units: 10 },
        ],
      },
    });
    const controller = new AbortController();
    let aborted = process.cpuUsage();
    const run = async () => {
      for await (const event of trainer.run(train, { signal: controller.signal, epochs: 10_000 })) {
        if (event.type !== "step" || event.step !== 1) continue;
        // After the next batch has begun.
        setImmediate(() => {
          aborted = process.cpuUsage();
          controller.abort(new Error("enough"));
        });
      }
    };
    await expect(run()).rejects.toThrow("enough");
    const { user, system } = process.cpuUsage(aborted);
    expect((user + system) / 1000).toBeLessThan(200);
    for await (const event of trainer.run(train)) {
      expect(event.type).toBe("step");
      break;
    }
  });
});

it("lets the rate fall over the whole run by default, however long it is", async () => {
  const { schedule: _, ...inheriting } = tinyConfig;
  for (const epochs of [2, 30]) {
    using trainer = await createTrainer({ ...inheriting, training: { ...tinyConfig.training, epochs } });
    const rates = (await trainer.run(tinyData())).epochs.map(({ learningRate }) => learningRate / 0.02);
    const middle = rates[epochs / 2 - 1];
    expect(middle).toBeGreaterThan(0.4);
    expect(middle).toBeLessThan(0.75);
    expect(rates.at(-1)).toBeLessThan(0.15);
    expect(rates.at(-1)).toBeGreaterThan(0.01);
  }
});
