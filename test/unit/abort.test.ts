import { getEventListeners } from "node:events";
import { createTrainer } from "spikelet";
import { afterEach, expect, it, vi } from "vitest";
import { untilAborted } from "../../ts/runtime/abort.js";
import { fakeBackend } from "../support/fake-backend.js";
import { tinyConfig, tinyData } from "../support/learning.js";

afterEach(() => vi.restoreAllMocks());

it("one signal for many calls at once has one listener, and no warning of a leak", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { signal } = new AbortController();
  const backend = fakeBackend();
  const trainers = await Promise.all(Array.from({ length: 40 }, () => createTrainer(tinyConfig, { backend, signal })));
  const calls = trainers.map((trainer) => trainer.predict(tinyData(), { signal }));
  expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
  await Promise.all(calls);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(warned).not.toHaveBeenCalled();
});

it("an abort reaches every call that waits, and none that has ended", async () => {
  const stop = new AbortController();
  const never = new Promise<never>(() => {});
  const ended = await untilAborted(Promise.resolve(3), stop.signal);
  const waiting = Array.from({ length: 20 }, () => untilAborted(never, stop.signal));
  stop.abort(new Error("enough"));
  expect(ended).toBe(3);
  for (const { status, reason } of (await Promise.allSettled(waiting)) as PromiseRejectedResult[]) {
    expect(status).toBe("rejected");
    expect(reason).toEqual(new Error("enough"));
  }
  await expect(untilAborted(never, stop.signal)).rejects.toThrow("enough");
});
