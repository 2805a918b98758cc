import { describe, expect, it } from "vitest";
import { SpikeletError } from "../../ts/errors.js";
import type { Json } from "../../ts/json.js";
import { parsePlan } from "../../ts/study/plan/plan.js";
import { pointsOf } from "../../ts/study/plan/search.js";
import { parseShard, shareOf } from "../../ts/study/plan/shard.js";
import { sobolPoints } from "../../ts/study/plan/sobol.js";

const config = { network: { input: 4, steps: 10, layers: [{ type: "dense", units: 2 }] } };
const plan = (more: { [key: string]: Json } = {}) => parsePlan({ config, ...more });

/** Ranges of so many values. */
const grid = (ranges: number, count: number) =>
  Object.fromEntries(Array.from({ length: ranges }, (_, k) => [`a${k}`, { from: 0, to: 1, count }]));

describe("a plan", () => {
  it("has defaults", () => {
    expect(plan()).toMatchObject({
      settings: [],
      search: { type: "grid" },
      seeds: [1],
      objective: { metric: "validation.accuracy.firstSpike", goal: "max" },
      halving: null,
      bestBy: null,
      report: {},
    });
    expect(plan({ seeds: 3 }).seeds).toEqual([1, 2, 3]);
    expect(parsePlan({ config: { ...config, training: { seed: 7 } } }).seeds).toEqual([7]);
  });

  it("ranks by what chooses the epochs, unless it has an objective", () => {
    const objective = { metric: "test.loss", goal: "min" };
    expect(plan({ bestBy: "count" }).objective).toEqual({ metric: "validation.accuracy.count", goal: "max" });
    expect(plan({ bestBy: "count", objective }).objective).toEqual(objective);
  });

  it("ranks by what the loss of its first point trains, unless it says what chooses the epochs", () => {
    const metricOf = (more: { [key: string]: Json }) => plan(more).objective.metric;
    const count = { ...config, loss: { type: "count" } };
    const membrane = { ...config, loss: { type: "membrane" } };
    expect(plan({ config: { ...config, loss: { type: "spikeTrain" } } }).objective).toEqual({
      metric: "validation.loss",
      goal: "min",
    });
    expect(metricOf({ config: count })).toBe("validation.accuracy.count");
    expect(metricOf({ config: membrane })).toBe("validation.accuracy.membrane");
    expect(metricOf({ config: membrane, settings: { "loss.type": ["count", "latency"] } })).toBe("validation.accuracy.count");
    expect(metricOf({ settings: { loss: [{ type: "trace" }] } })).toBe("validation.meanSquaredError");
    expect(metricOf({ variants: [{ series: "a", settings: { "loss.type": "count" } }] })).toBe("validation.accuracy.count");
    expect(metricOf({ config: count, bestBy: "firstSpike" })).toBe("validation.accuracy.firstSpike");
    expect(metricOf({ config: count, variants: [{ series: "a", settings: { bestBy: "loss" } }] })).toBe("validation.loss");
  });

  it("may list its points", () => {
    const listed = parsePlan({
      variants: [
        { series: "a", at: 1, settings: { rule: 1 } },
        { series: "b", settings: {} },
      ],
    });
    expect(listed.search).toMatchObject({
      variants: [
        { at: 1, attempt: null },
        { series: "b", at: null },
      ],
    });
    expect(pointsOf(listed)).toEqual([{ rule: 1 }, {}]);
  });

  it("may have 100,000 runs", () => {
    expect(plan({ seeds: 100_000 }).seeds).toHaveLength(100_000);
    expect(pointsOf(plan({ settings: grid(2, 316) }))).toHaveLength(316 ** 2);
  });

  it.each<[{ [key: string]: Json }, string, RegExp]>([
    [{ config: "digits" }, "config", /configuration/],
    [{ setings: {} }, "setings", /is unknown: there are .*settings/],
    [{ seeds: [1, 1] }, "seeds[1]", /already/],
    [{ seeds: [1, -1] }, "seeds[1]", /whole number from 0/],
    [{ seeds: 0 }, "seeds", /whole number from 1/],
    [{ search: { type: "bayes" } }, "search.type", /grid, random, sobol/],
    [{ search: { type: "random" } }, "search.runs", /got nothing/],
    [{ search: { type: "grid", runs: 3 } }, "search.runs", /every combination/],
    [{ settings: { "a..b": [1] } }, 'settings["a..b"]', /no path/],
    [{ settings: { "a.b": [] } }, 'settings["a.b"]', /at least one/],
    [{ settings: { "a.b": { from: 1, to: 2 } } }, 'settings["a.b"].count', /from 2/],
    [{ settings: { "a.b": { from: 2, to: 1, count: 2 } } }, 'settings["a.b"].to', /above from/],
    [{ settings: { "a.b": { from: 0, to: 1, scale: "log", count: 2 } } }, 'settings["a.b"].from', /above 0/],
    [{ settings: { "a.b": { from: 0.5, to: 1, whole: true, count: 2 } } }, 'settings["a.b"].from', /whole/],
    [{ settings: { "a.b": { from: 0, to: 1, count: 2 } }, search: { type: "sobol", runs: 2 } }, 'settings["a.b"].count', /grid/],
    [{ settings: { "training.seed": [1, 2] } }, 'settings["training.seed"]', /seeds/],
    [{ settings: { training: [{ seed: 1 }] } }, "settings.training.seed", /seeds/],
    [{ settings: { data: [{ dir: "/a" }] } }, "settings.data.dir", /--data/],
    [{ variants: [{ series: "a", settings: { data: { dir: "/a" } } }] }, "variants[0].settings.data.dir", /--data/],
    [{ settings: { "training.epochs": [1] }, halving: { epochs: [1, 2] } }, 'settings["training.epochs"]', /halving/],
    [{ halving: { epochs: [2, 2] } }, "halving.epochs[1]", /above/],
    [{ halving: { epochs: [1, 2], keep: 1 } }, "halving.keep", /between 0 and 1/],
    [{ halving: { epochs: [1, 2], seeds: [1] } }, "halving.seeds", /2 entries/],
    [{ seeds: 2, halving: { epochs: [1, 2], seeds: [1, 3] } }, "halving.seeds[1]", /at most 2/],
    [{ objective: { metric: "test.loss" } }, "objective.goal", /max, min/],
    [{ bestBy: "luck" }, "bestBy", /firstSpike, count, membrane, meanSquaredError, loss, last, got "luck"/],
    [{ config: { loss: { type: "membrane" } }, bestBy: "firstSpike" }, "bestBy", /membrane, loss, last with the loss membrane/],
    [{ config: { loss: { type: "trace" } }, bestBy: "count" }, "bestBy", /meanSquaredError, loss, last with the loss trace/],
    [{ bestBy: "membrane" }, "bestBy", /firstSpike, count, loss, last with the loss latency, got "membrane"/],
    [{ variants: [{ series: "a", settings: {} }], settings: {} }, "settings", /variants lists the points/],
    [{ variants: [{ series: "a", settings: {} }], search: { type: "grid" } }, "search", /variants lists the points/],
    [{ variants: [] }, "variants", /list with entries/],
    [{ variants: [{ series: 1, settings: {} }] }, "variants[0].series", /text/],
    [{ variants: [{ series: "a", at: true, settings: {} }] }, "variants[0].at", /number or a text/],
    [{ variants: [{ series: "a", settings: { "a..b": 1 } }] }, 'variants[0].settings["a..b"]', /no path/],
    [{ variants: [{ series: "a", settings: { "training.seed": 1 } }] }, 'variants[0].settings["training.seed"]', /seeds/],
    [{ seeds: 1e9 }, "seeds", /can have 100000 runs, got 1000000000$/],
    [{ seeds: 100_001 }, "seeds", /got 100001$/],
    [{ settings: { "a.b": { from: 0, to: 1, count: 1e9 } } }, 'settings["a.b"].count', /got 1000000000$/],
    [{ search: { type: "sobol", runs: 4e9 } }, "search.runs", /got 4000000000$/],
    [{ search: { type: "random", runs: 50_000 }, seeds: 3 }, "", /got 150000 \(50000 points with 3 seeds each\)/],
    [{ settings: grid(10, 10), seeds: 2 }, "", /got 20000000000 \(10000000000 points with 2 seeds each\)/],
    [{ settings: { [`a${".a".repeat(100)}`]: [1] } }, `settings["a${".a".repeat(100)}"]`, /no path/],
  ])("%j is refused at %s", (more, path, message) => {
    const thrown = (() => {
      try {
        return plan(more);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(SpikeletError);
    expect(thrown).toMatchObject({ code: "CONFIG_INVALID", path, message: expect.stringMatching(message) });
  });
});

describe("a search", () => {
  const settings = {
    rate: { from: 0.001, to: 0.1, scale: "log" },
    units: { from: 4, to: 64, whole: true },
    rule: ["activation", "timing", "antlr"],
  };

  it("takes every combination of a grid, the last setting fastest", () => {
    const grid = plan({
      settings: { rate: { from: 0.001, to: 0.1, scale: "log", count: 3 }, rule: ["a", "b"] },
    });
    expect(pointsOf(grid)).toEqual([
      { rate: 0.001, rule: "a" },
      { rate: 0.001, rule: "b" },
      { rate: 0.01, rule: "a" },
      { rate: 0.01, rule: "b" },
      { rate: 0.1, rule: "a" },
      { rate: 0.1, rule: "b" },
    ]);
  });

  it.each(["random", "sobol"])("%s: more runs begin with the same points, the seed chooses among them", (type) => {
    const points = (runs: number, seed = 1) => pointsOf(plan({ settings, search: { type, runs, seed } }));
    expect(points(20).slice(0, 7)).toEqual(points(7));
    expect(points(20, 2)).not.toEqual(points(20));
    for (const { rate, units, rule } of points(100)) {
      expect(rate).toBeGreaterThanOrEqual(0.001);
      expect(rate).toBeLessThanOrEqual(0.1);
      expect([4 <= Number(units), Number(units) <= 64, Number.isInteger(units)]).toEqual([true, true, true]);
      expect(settings.rule).toContain(rule);
    }
  });

  it("sobol fills each axis evenly: every 64th once, every choice alike", () => {
    const even = plan({ settings: { x: { from: 0, to: 64 }, y: ["a", "b"] }, search: { type: "sobol", runs: 64, seed: 9 } });
    const points = pointsOf(even);
    expect(new Set(points.map(({ x }) => Math.floor(Number(x)))).size).toBe(64);
    expect(points.filter(({ y }) => y === "a")).toHaveLength(32);
  });

  it("sobol's points are those of scipy.stats.qmc.Sobol(21, scramble=False, bits=32)", () => {
    // All 64 points as FNV-1a over their little-endian words, and the first of them in eighths.
    const points = sobolPoints(64, 21);
    expect(points.slice(0, 6).map((point) => [...point.slice(0, 5)].map((x) => x / 2 ** 29))).toEqual([
      [0, 0, 0, 0, 0],
      [4, 4, 4, 4, 4],
      [6, 2, 2, 2, 6],
      [2, 6, 6, 6, 2],
      [3, 3, 5, 7, 3],
      [7, 7, 1, 3, 7],
    ]);
    let hash = 0x811c9dc5;
    for (const point of points) {
      for (const byte of new Uint8Array(point.buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    expect(hash).toBe(0x7e7caec5);
  });
});

describe("a shard", () => {
  it.each<[string, Record<string, string>, { index: number; count: number }]>([
    ["2/8", {}, { index: 1, count: 8 }],
    ["auto", { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "4" }, { index: 2, count: 4 }],
    [
      "auto",
      { SLURM_ARRAY_TASK_ID: "20", SLURM_ARRAY_TASK_MIN: "10", SLURM_ARRAY_TASK_STEP: "5", SLURM_ARRAY_TASK_COUNT: "3" },
      { index: 2, count: 3 },
    ],
    ["auto/5", { JOB_COMPLETION_INDEX: "4" }, { index: 4, count: 5 }],
    ["auto/5", { PARALLEL_SEQ: "5" }, { index: 4, count: 5 }],
  ])("%s with %j", (text, environment, shard) => {
    expect(parseShard(text, environment)).toEqual(shard);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["0/3", {}, /from 1\/3 to 3\/3, got 0\/3/],
    ["4/3", {}, /from 1\/3 to 3\/3/],
    ["2", {}, /2\/8/],
    ["half", {}, /must be like/],
    ["auto", {}, /SLURM_ARRAY_TASK_ID/],
    ["auto", { JOB_COMPLETION_INDEX: "1" }, /of how many/],
    ["auto/2", { PARALLEL_SEQ: "3" }, /got 3\/2 \(PARALLEL_SEQ=3\)/],
    ["auto", { SLURM_ARRAY_TASK_ID: "4", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_STEP: "2" }, /even steps/],
  ])("%s with %j is refused", (text, environment, message) => {
    expect(() => parseShard(text, environment)).toThrow(message);
  });

  it("takes every n-th run: together they are all, none twice", () => {
    const runs = Array.from({ length: 11 }, (_, k) => k);
    const shares = [0, 1, 2].map((index) => shareOf(runs, { index, count: 3 }));
    expect(shares.map(({ length }) => length)).toEqual([4, 4, 3]);
    expect(shares.flat().sort((a, b) => a - b)).toEqual(runs);
  });
});
