import { afterEach, describe, expect, it, vi } from "vitest";
import { syntheticEvents } from "../../ts/cli/bench/events.js";
import { disturbance } from "../../ts/cli/bench/load.js";
import { measure } from "../../ts/cli/bench/measure.js";
import { spread } from "../../ts/cli/bench/statistics.js";
import { median } from "../../ts/spread.js";

describe("statistics", () => {
  it("finds the median between the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("takes the interquartile range by the median", () => {
    expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3);
    expect(spread([7, 7, 7])).toBe(0);
  });
});

describe("measure", () => {
  const signal = new AbortController().signal;
  afterEach(() => vi.restoreAllMocks());

  it("repeats slow works three times in turns, after one of each to warm up", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const order: string[] = [];
    const work = (name: string, milliseconds: number) => async () => {
      order.push(name);
      clock += milliseconds;
      return 10;
    };
    const [slow, slower] = await measure([work("a", 5), work("b", 10)], 0.001, signal);
    expect(order.join("")).toBe("abababab");
    expect(slow).toEqual({ rates: [2000, 2000, 2000], warmUpSeconds: 0.005 });
    expect(slower).toEqual({ rates: [1000, 1000, 1000], warmUpSeconds: 0.01 });
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(measure([async () => 1], 10, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("disturbance", () => {
  it("is told of where other processes took much of the processors", () => {
    expect(disturbance(0.02)).toBeUndefined();
    expect(disturbance(0.4)).toContain("other processes took 40 %");
  });
});

describe("synthetic events", () => {
  const shape = { samples: 20, inputs: 50, steps: 30, events: 40, classes: 10 };

  it("are the same every time and fit the shape", () => {
    const { arrays } = syntheticEvents(shape).wire();
    expect(syntheticEvents(shape).wire().arrays).toEqual(arrays);
    expect(arrays.offsets?.at(-1)).toBe(20 * 40);
    expect(Math.max(...(arrays.times ?? []))).toBe(29);
    expect(Math.max(...(arrays.units ?? []))).toBeLessThan(50);
  });

  it("lean to the units of the class", () => {
    const { arrays } = syntheticEvents(shape).wire();
    const ofFirst = [...(arrays.units ?? []).slice(0, 40)].filter((unit) => unit < 5);
    expect(ofFirst.length).toBeGreaterThan(15);
  });
});
