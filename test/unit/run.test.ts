import { createTrainer, datasets, type TrainEvent } from "spikelet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeBackend } from "../support/fake-backend.js";
import { held, macrotask } from "../support/held-work.js";

const config = {
  network: { input: 2, steps: 5, layers: [{ type: "dense" as const, units: 2 }] },
  training: { batchSize: 2, epochs: 2 },
};

function samples(count: number) {
  return datasets.fromSpikes({
    spikes: Array.from({ length: count }, () => ({ times: [0], units: [0] })),
    labels: Array.from({ length: count }, (_, k) => k % 2),
  });
}

afterEach(() => vi.restoreAllMocks());

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("a training run", () => {
  it("yields steps, validation, epoch ends and the end, in order", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend() });
    const types = (await collect(trainer.run(samples(6), { validation: samples(6) }))).map(({ type }) => type);
    const epoch = ["step", "step", "step", "validation", "validation", "epochEnd"];
    expect(types).toEqual([...epoch, ...epoch, "finished"]);
  });

  it("can be awaited: it then goes to its end and reports", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    const run = trainer.run(samples(6));
    const report = await run;
    expect(trainer.info).toMatchObject({ epoch: 2, finished: true });
    expect(report).toEqual({ epochs: await trainer.history(), warnings: [], seconds: expect.any(Number) });
    expect(report.seconds).toBeGreaterThan(0);
    expect(await run).toBe(report);
  });

  it("does nothing before it is awaited or iterated over, and once for both", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    const run = trainer.run(samples(6));
    expect(backend.sessions[0]?.budgets).toEqual([]);
    const seen = await collect(run);
    await run;
    expect(seen.filter(({ type }) => type === "epochEnd")).toHaveLength(2);
    expect(trainer.info.epoch).toBe(2);
  });

  it("goes on where iterating stopped when it is awaited then", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend() });
    const run = trainer.run(samples(6));
    for await (const _ of run) break;
    await run;
    expect(trainer.info).toMatchObject({ epoch: 2, finished: true });
  });

  it("rejects with what went wrong, by then, catch and finally", async () => {
    const fails = { advance: { code: "NON_FINITE", message: "the loss" } };
    const trainer = await createTrainer(config, { backend: fakeBackend({ fails }) });
    await expect(trainer.run(samples(2))).rejects.toMatchObject({ code: "NON_FINITE" });
    expect(await trainer.run(samples(2)).catch((thrown) => thrown)).toMatchObject({ code: "NON_FINITE" });
    let ended = 0;
    await expect(trainer.run(samples(2)).finally(() => ended++)).rejects.toMatchObject({ code: "NON_FINITE" });
    expect(ended).toBe(1);
  });

  it("stamps events with seconds and pace", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend({ pause: macrotask }) });
    const events = await collect(trainer.run(samples(8)));
    const seconds = events.map((event) => event.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(events.every((event) => event.samplesPerSecond > 0)).toBe(true);
  });

  it("never lets the core pass the end of an epoch within one call", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer({ ...config, training: { batchSize: 1, epochs: 3 } }, { backend });
    for await (const event of trainer.run(samples(20), { validation: samples(50) })) {
      if (event.type === "epochEnd") expect(trainer.info.epoch).toBe(event.epoch);
    }
    expect(Math.max(...(backend.sessions[0]?.budgets ?? []))).toBeGreaterThan(4);
  });

  it("learns how much work fits into 50 ms", async () => {
    // A piece of work takes 5 ms of this clock.
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const backend = fakeBackend({
      pause: async () => {
        clock += 5;
      },
    });
    const trainer = await createTrainer({ ...config, training: { batchSize: 1, epochs: 1 } }, { backend });
    await collect(trainer.run(samples(100)));
    // The last calls find nothing to do.
    const largest = Math.max(...(backend.sessions[0]?.budgets.slice(0, -2) ?? []));
    expect(largest).toBeGreaterThanOrEqual(4);
    expect(largest).toBeLessThanOrEqual(20);
  });

  it("answers an abort with the signal's reason while the core is still at work", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { pause, release } = held(() => controller.abort(reason));
    const trainer = await createTrainer(config, { backend: fakeBackend({ pause }) });
    await expect(collect(trainer.run(samples(6), { signal: controller.signal }))).rejects.toBe(reason);
    release();
  });

  it("refuses to start with a signal that is aborted already", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend() });
    await expect(collect(trainer.run(samples(2), { signal: AbortSignal.abort("no") }))).rejects.toBe("no");
  });

  it("stops at a break, and the next run goes on without losing an event", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend() });
    const train = samples(20);
    const events: TrainEvent[] = [];
    for (let run = 0; run < 30; run++) {
      for await (const event of trainer.run(train)) {
        events.push(event);
        break;
      }
    }
    const expected = await collect((await createTrainer(config, { backend: fakeBackend() })).run(train));
    expect(events.slice(0, expected.length).map(({ type }) => type)).toEqual(expected.map(({ type }) => type));
  });

  it("hands out what an abort left undelivered", async () => {
    const controller = new AbortController();
    const { pause, release } = held(() => controller.abort());
    const trainer = await createTrainer(config, { backend: fakeBackend({ pause }) });
    await expect(collect(trainer.run(samples(2), { signal: controller.signal }))).rejects.toThrow();
    release();
    expect((await trainer.undelivered()).map(({ type }) => type)).toEqual(["step", "epochEnd"]);
  });

  it("waits for a slow consumer", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    for await (const event of trainer.run(samples(40))) {
      const calls = backend.sessions[0]?.budgets.length;
      for (let turns = 0; turns < 10; turns++) await macrotask();
      expect(backend.sessions[0]?.budgets.length).toBe(calls);
      if (event.type === "epochEnd") break;
    }
  });

  it("lets go of its data when it ends, however it ends", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    await collect(trainer.run(samples(4), { validation: samples(4) }));
    for await (const _ of trainer.run(samples(4), { epochs: 5 })) break;
    await trainer.parameters();
    expect(backend.sessions[0]?.datasets.size).toBe(0);
  });

  it("refuses a second run while one is going on", async () => {
    const trainer = await createTrainer(config, { backend: fakeBackend() });
    for await (const _ of trainer.run(samples(4))) {
      await expect(collect(trainer.run(samples(4)))).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "run" });
      break;
    }
  });
});
