import { datasets } from "spikelet";
import { expect, it } from "vitest";

const STEPS = 60;

it("the delay of two spikes is the class, wherever they are", async () => {
  const data = datasets.delayDetection({ classes: 3, samplesPerClass: 200, gap: 5, steps: STEPS, seed: 4 });
  const events = await data.events({ steps: STEPS });
  const starts = [0, 1, 2].map(() => new Set<number>());
  for (const [sample, label] of data.labels?.entries() ?? []) {
    const { times, units } = events.sample(sample);
    const [earlier = 0, later = 0] = times;
    const delay = units[0] === 0 ? later - earlier : earlier - later;
    expect([delay, [...units].sort()]).toEqual([[-10, 0, 10][label], [0, 1]]);
    starts[label]?.add(earlier);
  }
  for (const steps of starts) expect([Math.min(...steps), Math.max(...steps)]).toEqual([0, STEPS / 2 - 1]);
});

it("the same seed draws the same delays", async () => {
  const times = async (seed: number) =>
    (await datasets.delayDetection({ samplesPerClass: 3, seed }).events({ steps: 100 })).times;
  expect(await times(1)).toEqual(await times(1));
  expect(await times(1)).not.toEqual(await times(2));
});

it.each([
  [{ gap: 8 }, "gap", "with 8 classes the largest delay is 56 steps, it must be below half of the 100 steps"],
  [{ classes: 1 }, "classes", "must be a whole number from 2 to 1000, got 1"],
  [{ classes: 2, gap: 10, steps: 20 }, "gap", "with 2 classes the largest delay is 10 steps"],
] as const)("%j is refused", (options, path, message) => {
  expect(() => datasets.delayDetection(options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", path, message: expect.stringContaining(message) }),
  );
});
