import { describe, expect, it, vi } from "vitest";
import { bytesPerSecond, type Ceiling, floorOf } from "../../ts/kernels/ceiling.js";
import { recordText, timeText } from "../../ts/kernels/format.js";
import { gridOf, kernelsOf, shapesOf } from "../../ts/kernels/grid.js";
import { checkOwn, javaScriptKernels } from "../../ts/kernels/own-kernel.js";
import type { KernelLine, KernelRecord } from "../../ts/kernels/record.js";
import { kernelPage } from "../../ts/kernels/report/page.js";
import { estimate, pairedRatio, unpairedRatio, verdict } from "../../ts/kernels/statistics.js";
import { inTurns, timed } from "../../ts/kernels/turns.js";
import type { KernelCase, KernelDescription } from "../../ts/runtime/kernels.js";

describe("statistics of kernels", () => {
  it("takes the interval of a median from the order of the values", () => {
    expect(estimate([6, 5, 4, 3, 2, 1])).toEqual({ median: 3.5, low: 1, high: 6 });
    // P(Binomial(11, ½) ≤ 1) = 12/2048 and P(≤ 2) = 67/2048: one value may be left out at either end.
    expect(estimate([11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1])).toEqual({ median: 6, low: 2, high: 10 });
    // P(Binomial(20, ½) ≤ 5) = 2.07 %, P(≤ 6) = 5.77 %.
    expect(estimate(Array.from({ length: 20 }, (_, k) => k))).toEqual({ median: 9.5, low: 5, high: 14 });
    expect(() => estimate([1, 2, 3, 4, 5])).toThrow(RangeError);
  });

  it("takes ratios round by round, and decides only where 1 is outside", () => {
    const before = [10, 20, 30, 40, 50, 60];
    const faster = pairedRatio(before, [5, 10, 15, 20, 25, 30]);
    expect(faster).toEqual({ median: 2, low: 2, high: 2 });
    expect(verdict(faster)).toBe("faster");
    expect(verdict(pairedRatio(before, [11, 19, 31, 39, 51, 59]))).toBe("undecided");
    expect(verdict(pairedRatio(before, [20, 40, 60, 80, 100, 120]))).toBe("slower");
  });

  it("takes the worst of both intervals where times were not taken in turns", () => {
    const ratio = unpairedRatio({ median: 10, low: 9, high: 12 }, { median: 5, low: 4, high: 6 });
    expect(ratio).toEqual({ median: 2, low: 1.5, high: 3 });
  });
});

describe("turns", () => {
  it("go forth and back", async () => {
    const order: string[] = [];
    const turn = (name: string) => () => order.push(name);
    const found = await inTurns([turn("a"), turn("b"), turn("c")], { rounds: 7 });
    expect(order.slice(0, 9).join("")).toBe("abccbaabc");
    expect(found.map((rounds) => rounds.length)).toEqual([7, 7, 7]);
  });

  it("are as many as an interval needs when the time is over", async () => {
    const found = await inTurns([() => 1], { rounds: 100, seconds: 0 });
    expect(found[0]).toHaveLength(6);
  });

  it("end with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(inTurns([() => 1], { rounds: 6, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("repeat work until it fills a turn, and return the nanoseconds of a run", () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const runs: number[] = [];
    const turn = timed((times) => {
      runs.push(times);
      clock += 0.01 * times;
    }, 2);
    expect(turn()).toBeCloseTo(10_000, 6);
    expect(runs.at(-1)).toBe(200);
    vi.restoreAllMocks();
  });

  it("are as long as they have to be where the machine was busy when their runs were counted", () => {
    let [clock, pause] = [0, 50];
    vi.spyOn(performance, "now").mockImplementation(() => Math.floor(clock));
    const turn = timed((times) => {
      clock += 0.001 * times + pause;
    }, 20);
    pause = 0;
    expect(turn()).toBeCloseTo(1000, -2);
    vi.restoreAllMocks();
  });
});

const CEILING: Ceiling = {
  level: "avx2",
  threads: 2,
  streams: [
    { bytes: 1000, bytesPerSecond: 4e11 },
    { bytes: 100_000, bytesPerSecond: 1e11 },
  ],
  operationsPerSecond: 2e11,
  fusedOperationsPerSecond: 4e11,
};

describe("the ceiling", () => {
  it("has the bandwidth between two sizes on logarithms, and that of the nearest beyond them", () => {
    expect(bytesPerSecond(CEILING, 10)).toBe(4e11);
    expect(bytesPerSecond(CEILING, 10_000)).toBeCloseTo(2e11, -3);
    expect(bytesPerSecond(CEILING, 1e9)).toBe(1e11);
  });

  it("is what takes longer: the bytes or the operations of all threads", () => {
    const cost = { operations: 1000, bytes: 8000, resident: 1000, spikes: 0 };
    expect(floorOf(CEILING, cost)).toEqual({ nanoseconds: 40, bound: "memory" });
    expect(floorOf(CEILING, { ...cost, bytes: 10 })).toEqual({ nanoseconds: 10, bound: "arithmetic" });
  });
});

const GATHER: KernelDescription = {
  name: "gather-rows",
  about: "sums",
  isCeiling: false,
  parameters: [
    { name: "inputs", about: "inputs", standard: 8, others: [4], min: 1, max: 100, multiple: 1 },
    { name: "density", about: "density", standard: 0.1, others: [0.2, 0.5], min: 0, max: 1, multiple: 0 },
  ],
};

describe("shapes", () => {
  it("vary each parameter alone", () => {
    expect(gridOf(GATHER)).toEqual([
      { inputs: 8, density: 0.1 },
      { inputs: 4, density: 0.1 },
      { inputs: 8, density: 0.2 },
      { inputs: 8, density: 0.5 },
    ]);
  });

  it("are every combination of given values", () => {
    const shapes = shapesOf(GATHER, { inputs: [1, 2], density: [0, 1], other: [3] });
    expect(shapes).toHaveLength(4);
    expect(shapes[1]).toEqual({ inputs: 1, density: 1 });
  });

  it("are within the ranges", () => {
    expect(() => shapesOf(GATHER, { inputs: [1.5] })).toThrow("inputs: must be a whole number from 1 to 100, got 1.5");
    expect(() => shapesOf(GATHER, { density: [2] })).toThrow("density: must be a number from 0 to 1, got 2");
    expect(() => kernelsOf([GATHER], ["gather-row"])).toThrow("did you mean gather-rows?");
  });
});

/** A case whose output is twice its input. */
function doubled(): KernelCase {
  const bytes = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
  return {
    describe: () => ({
      operations: 2,
      bytes: 16,
      resident: 16,
      spikes: 0,
      constants: [["factor", 2]],
      inputs: [{ name: "x", type: "f32", length: 2 }],
      outputs: [{ name: "y", type: "f32", length: 2 }],
    }),
    run: () => undefined,
    differences: () => 0,
    inputs: () => [bytes(1, 3)],
    outputs: () => [bytes(0, 0)],
    expected: () => [bytes(2, 6)],
    dispose: () => undefined,
  };
}

describe("own kernels in JavaScript", () => {
  const shape = { inputs: 2 };
  const open = (gatherRows: unknown) => javaScriptKernels("own.mjs", { gatherRows }).open("gather-rows", shape, doubled());

  it("are functions named in camel case", () => {
    const own = javaScriptKernels("own.mjs", { gatherRows: () => undefined, gather: 1 });
    expect(["gather-rows", "gather", "forward"].map((name) => own.has(name))).toEqual([true, false, false]);
  });

  it("get arrays, parameters and constants", () => {
    const own = open(({ x, y }: Record<string, Float32Array>, { factor = 0, inputs }: Record<string, number>) => {
      expect(inputs).toBe(2);
      for (let k = 0; k < 2; k++) (y as Float32Array)[k] = ((y as Float32Array)[k] ?? 0) + factor * (x?.[k] ?? 0);
    });
    checkOwn("gather-rows", own, doubled(), 0);
    own.run(2);
    expect(own.outputs()).toEqual([Float32Array.of(4, 12)]);
    own.restart();
    expect(own.outputs()).toEqual([Float32Array.of(0, 0)]);
  });

  it("are refused where a bit differs, unless a tolerance allows it", () => {
    const almost = () => open(({ y }: Record<string, Float32Array>) => (y as Float32Array).set([2, 6.001]));
    expect(() => checkOwn("gather-rows", almost(), doubled(), 0)).toThrow("own gather-rows: y[1] must be 6 to the bit, got 6.00");
    expect(() => checkOwn("gather-rows", almost(), doubled(), 1e-5)).toThrow("within 0.00001 of the greatest magnitude");
    expect(() => checkOwn("gather-rows", almost(), doubled(), 1e-3)).not.toThrow();
  });

  it("may not leave a number out that is not a number", () => {
    const own = open(({ y }: Record<string, Float32Array>) => (y as Float32Array).set([2, Number.NaN]));
    expect(() => checkOwn("gather-rows", own, doubled(), 1)).toThrow("y[1] must be 6");
  });
});

describe("the page of records", () => {
  const line = (shape: Record<string, number>, median: number): KernelLine => ({
    kernel: "gather",
    shape,
    backend: "native",
    way: "avx2",
    threads: 2,
    nanoseconds: { median, low: median - 1, high: median + 1, fastest: median - 1 },
    operations: 100 * median,
    bytes: 50 * median,
    resident: 1000 * median,
    spikes: 10,
    share: { ofCeiling: 0.25, bound: "memory" },
  });
  const record = (factor: number): KernelRecord => ({
    type: "kernels",
    origin: {
      date: "2026-01-01T00:00:00Z",
      version: "1.0.0",
      arithmetic: 7,
      commit: "abc",
      processor: "A <processor>",
      cores: 2,
      platform: "linux x64",
      engine: "Node 20",
      caches: ["L1 Data 32K"],
      load: [0.1, 0.2],
    },
    ceilings: [CEILING],
    lines: [
      line({ inputs: 8, density: 0.1 }, 100 * factor),
      line({ inputs: 16, density: 0.1 }, 150 * factor),
      line({ inputs: 8, density: 0.2 }, 180 * factor),
    ],
  });

  it("has four figures and a table for each, and compares with the first", () => {
    const page = kernelPage([
      { name: "old", record: record(1) },
      { name: "new", record: record(0.5) },
    ]);
    expect(page.match(/<svg/g)).toHaveLength(8);
    for (const title of ["Share of the ceiling", "Roofline, avx2", "Sparsity", "Scaling", "new against old"])
      expect(page).toContain(title);
    expect(page).toContain("A &lt;processor&gt;");
    expect(page).toContain("<td>faster</td>");
    expect(page).toContain("<td>25 %</td>");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("leaves out figures that have no points", () => {
    const alone = { ...record(1), lines: [line({ inputs: 8 }, 100)] };
    expect(kernelPage([{ name: "one", record: alone }]).match(/<svg/g)).toHaveLength(2);
  });

  it("tells series apart: no figure has more than there are colours", () => {
    const kernels = Array.from({ length: 9 }, (_, k) => `kernel-${k}`);
    const lines = kernels.flatMap((kernel) =>
      [0.1, 0.2].map((density) => ({ ...line({ density }, 100 * density), kernel, operations: 100, bytes: 50 })),
    );
    const page = kernelPage([{ name: "many", record: { ...record(1), lines } }]);
    for (const title of ["Sparsity, 1 of 2", "Sparsity, 2 of 2"]) expect(page).toContain(title);
    // All points of the roofline are at one place: it names one of them, or as many as have room around it.
    const named = kernels.filter((kernel) => page.includes(`text-anchor="start">${kernel}</text>`));
    expect(named.length).toBeGreaterThan(0);
    expect(named.length).toBeLessThan(kernels.length);
  });

  it("is read from text that keeps six digits of what was measured, and counts to the last", () => {
    const measured = { ...record(1), ceilings: [], lines: [{ ...line({ density: 0.1 }, 123_456.789), operations: 123_456_789 }] };
    const [read] = (JSON.parse(recordText(measured)) as KernelRecord).lines;
    expect(read?.nanoseconds.median).toBe(123_457);
    expect(read?.operations).toBe(123_456_789);
    expect(read?.shape).toEqual({ density: 0.1 });
  });

  it("says that a host did not tell the load", () => {
    const { origin } = record(1);
    const page = kernelPage([{ name: "page", record: { ...record(1), origin: { ...origin, load: [0, 0] } } }]);
    expect(page).toContain("<dt>load before, after</dt><dd>not known</dd>");
  });
});

it("writes times in the unit that fits", () => {
  expect([0.5, 12, 3456, 1.2e6, 3e9].map(timeText)).toEqual(["0.5 ns", "12 ns", "3.46 µs", "1.2 ms", "3 s"]);
});
