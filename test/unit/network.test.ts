import { createNetwork, createTrainer, datasets, restoreTrainer } from "spikelet";
import { describe, expect, it, vi } from "vitest";
import { FakeSession, fakeBackend } from "../support/fake-backend.js";
import { held, macrotask } from "../support/held-work.js";

const config = { network: { input: 3, layers: [{ type: "dense" as const, units: 2 }] } };
const data = datasets.fromSpikes({
  spikes: Array.from({ length: 100 }, () => ({ times: [1], units: [2] })),
  labels: new Array(100).fill(1),
});

describe("a network", () => {
  it("predicts in chunks and joins them in order", async () => {
    const network = await createNetwork(config, { backend: fakeBackend() });
    const prediction = await network.predict(data);
    expect(Array.from(prediction.classes)).toEqual(Array.from({ length: 100 }, (_, k) => k));
    expect(prediction.layers[0]?.length).toBe(100);
  });

  it("queues calls that are made at once", async () => {
    const network = await createNetwork(config, { backend: fakeBackend({ pause: macrotask }) });
    const [one, two, metrics] = await Promise.all([
      network.predict(data),
      network.predict(data),
      network.evaluate(data),
      network.gradients(data),
    ]);
    expect(one).toEqual(two);
    expect(metrics.samples).toBe(100);
  });

  it("keeps two evaluations apart", async () => {
    const network = await createNetwork(config, { backend: fakeBackend({ pause: macrotask }) });
    const [all, few] = await Promise.all([network.evaluate(data), network.evaluate(data.slice(0, 7))]);
    expect([all.samples, few.samples]).toEqual([100, 7]);
  });

  it("ends a pass with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    // The work goes on while the caller is told.
    const { pause, release } = held(() => controller.abort(reason));
    const network = await createNetwork(config, { backend: fakeBackend({ pause }) });
    await expect(network.evaluate(data, { signal: controller.signal })).rejects.toBe(reason);
    release();
    await expect(network.predict(data, { signal: controller.signal })).rejects.toBe(reason);
  });

  it("removes data that were added anew while an aborted run was still adding them", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    const [session] = backend.sessions;
    const controller = new AbortController();
    const reason = new Error("enough");
    const { pause, release } = held(() => controller.abort(reason));
    using add = vi.spyOn(FakeSession.prototype, "addDataset");
    add.mockImplementationOnce(async () => {
      await pause();
      throw new Error("no memory");
    });
    await expect(trainer.run(data, { signal: controller.signal })).rejects.toBe(reason);
    const passes = [trainer.predict(data), trainer.predict(data)];
    release();
    await Promise.all(passes);
    await trainer.parameters();
    expect([add.mock.calls.length, session?.datasets.size]).toEqual([2, 0]);
  });

  it("begins no pass with a signal that is aborted", async () => {
    const pause = vi.fn(macrotask);
    const backend = fakeBackend({ pause });
    const network = await createNetwork(config, { backend });
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    using add = vi.spyOn(FakeSession.prototype, "addDataset");
    await expect(network.predict(data, { signal })).rejects.toBe(reason);
    await expect(network.evaluate(data, { signal })).rejects.toBe(reason);
    // Calls wait for each other: whatever had begun would be over.
    await network.parameters();
    expect([add.mock.calls.length, pause.mock.calls.length]).toEqual([0, 0]);
  });

  it("ends an evaluation that waits for another one, which goes on", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { pause, release } = held(() => controller.abort(reason));
    const backend = fakeBackend({ pause });
    const network = await createNetwork(config, { backend });
    using begin = vi.spyOn(FakeSession.prototype, "beginEvaluation");
    const running = network.evaluate(data);
    await expect(network.evaluate(data, { signal: controller.signal })).rejects.toBe(reason);
    release();
    expect((await running).samples).toBe(100);
    expect((await network.evaluate(data.slice(0, 7))).samples).toBe(7);
    expect(begin).toHaveBeenCalledTimes(2);
  });

  it("ends a prediction that waits for another call, which goes on", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const begun = vi.fn<() => void>();
    const { pause, release } = held(begun);
    const network = await createNetwork(config, { backend: fakeBackend({ pause }) });
    using predict = vi.spyOn(FakeSession.prototype, "predict");
    const running = network.evaluate(data);
    await expect.poll(() => begun.mock.calls.length).toBe(1);
    const waiting = network.predict(data.slice(0, 7), { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    release();
    expect((await running).samples).toBe(100);
    await network.parameters();
    expect(predict).not.toHaveBeenCalled();
  });

  it("can be restored from its checkpoint", async () => {
    const backend = fakeBackend();
    const trainer = await createTrainer(config, { backend });
    await expect(restoreTrainer("a.safetensors" as never, { backend })).rejects.toMatchObject({
      code: "DATA_FORMAT",
      path: "checkpoint",
      reason: expect.stringContaining('give await load("a.safetensors")'),
    });
    const restored = await restoreTrainer(await trainer.checkpoint(), { backend });
    expect(restored.config).toEqual(trainer.config);
  });
});

describe("dispose", () => {
  it("lets the running call end, fails the waiting one and all later ones, and may be repeated", async () => {
    const backend = fakeBackend({ pause: macrotask });
    const network = await createNetwork(config, { backend });
    const running = network.checkpoint();
    const waiting = network.evaluate(data);
    network.dispose();
    network.dispose();
    await expect(waiting).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(network.parameters()).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(network.predict(data)).rejects.toMatchObject({ code: "DISPOSED" });
    expect(() => network.config).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(await running).toBeInstanceOf(Uint8Array);
    await expect.poll(() => backend.sessions[0]?.isDisposed).toBe(true);
  });

  it("comes with the end of a using block", async () => {
    const backend = fakeBackend();
    {
      using network = await createNetwork(config, { backend });
      await network.parameters();
    }
    await expect.poll(() => backend.sessions[0]?.isDisposed).toBe(true);
  });
});
