import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import { type Experiment, planOf, searchPlanOf, type Tuning, type Variant } from "../../research/experiment.js";
import { comparedIn, searchFolder } from "../../research/report/compared.js";
import {
  answerRows,
  type Compared,
  costRows,
  differenceRows,
  hasCollapsed,
  levelRows,
  resultRows,
  searchRows,
} from "../../research/report/comparison.js";
import { orderRows } from "../../research/report/order.js";
import { type Repeated, repeated, repeatedRows } from "../../research/report/searches.js";
import { markdownTable } from "../../ts/study/report/markdown.js";
import type { DataSupply } from "../../ts/study/run/samples.js";
import type { DoneRecord } from "../../ts/study/store/record.js";
import { runPlan } from "../study/run-plan.js";

/** A run whose validation accuracy by first spike goes through these values. */
function record(seed: number, accuracy: number, curve = [accuracy]): DoneRecord {
  const metrics = {
    accuracy: { firstSpike: accuracy, count: accuracy / 2 },
    spikes: { perSample: 10 * seed, untilDecision: 5, perUnit: [0.1 * seed, 1], untilDecisionPerUnit: [0.05, 0.1] },
    decisionStep: { mean: 20, median: 20, min: 1 },
  };
  const history = curve.map((validationFirstSpike) => ({ validationFirstSpike, count: 0.4 }));
  const data = { train: 600 };
  const result = { epochs: curve.length, bestEpoch: 1, data, validation: metrics, test: metrics, history };
  return { seed, status: "done", result, ran: { samplesPerSecond: 100 * seed, threads: seed } } as unknown as DoneRecord;
}

const TRIALS = [0.5, 0.75, 0.25].map((score, k) => ({ settings: { strength: k === 2 ? 10 : 0 }, score }));

const compared = (series: string, ...records: DoneRecord[]): Compared => ({
  variant: { series, at: "latency" },
  bestBy: "firstSpike",
  search: { chosen: { "optimizer.learningRate": 0.01 }, score: 0.912, next: 0.9, runs: 47, samples: 6000, trials: TRIALS },
  records,
  failed: 0,
});

describe("a comparison", () => {
  const antlr = compared("antlr", record(1, 0.9), record(2, 0.92));
  const timing = compared("timing", record(1, 0.8, [0.8, 0.3]), record(2, 0.86, [0.86, 0.8]));

  it("calls a run collapsed whose last epoch is more than ten points below its best", () => {
    expect(timing.records.map((one) => hasCollapsed(timing, one))).toEqual([true, false]);
    expect(hasCollapsed({ bestBy: "count" }, record(1, 0.8, [0.8, 0.3]))).toBe(false);
  });

  it("has means and deviations, last epochs and collapsed runs of every variant with a run", () => {
    const [head = [], first, second, ...others] = resultRows([antlr, timing, compared("mixture")]);
    expect(others).toEqual([]);
    const cells = (row: string[] | undefined) => Object.fromEntries(head.map((name, k) => [name, row?.[k]]));
    expect(cells(first)).toMatchObject({ "rule, loss": "antlr, latency", "test accuracy, %": "91.00 ± 1.41", seeds: "2" });
    expect(cells(second)).toMatchObject({ "last epoch, validation, %": "55.00 ± 35.36", collapsed: "1 of 2" });
  });

  it("has no deviation of a single seed", () => {
    const [head = [], row = []] = resultRows([{ ...antlr, records: antlr.records.slice(0, 1) }]);
    expect(row[head.indexOf("test accuracy, %")]).toBe("90.00");
    expect(row[head.indexOf("seeds")]).toBe("1");
  });

  it("has paired differences with 95 % intervals", () => {
    // −10 and −6 points: mean −8, deviation 2.83, t = 12.706.
    const [, row] = differenceRows([antlr, timing], antlr);
    expect(row?.slice(0, 2)).toEqual(["timing, latency − antlr, latency", "−8.00 ± 25.41"]);
  });

  it("counts each of several searches by the mean over its seeds", () => {
    const searched = (series: string, searchSeed: number, ...records: DoneRecord[]): Compared => ({
      ...compared(series, ...records),
      variant: { series, at: `latency, search ${searchSeed}`, searchSeed },
    });
    const all = [
      searched("antlr", 1, record(1, 0.9), record(2, 0.92)),
      searched("antlr", 2, record(1, 0.94)),
      searched("timing", 1, record(1, 0.8, [0.8, 0.3])),
      searched("timing", 2, record(1, 0.88), record(2, 0.9)),
      searched("mixture", 1),
    ];
    const pairs = repeated(all);
    const [head, first, second, ...others] = repeatedRows(pairs, pairs[0] as Repeated);
    expect(others).toEqual([]);
    expect(head?.slice(1, 3)).toEqual(["test accuracy, %", "− antlr, latency, points"]);
    // 91 and 94; 80 and 89, so −11 and −5: mean −8, deviation 4.24, t = 12.706.
    expect(first?.slice(0, 5)).toEqual(["antlr, latency", "92.50 ± 2.12", "", "90.00 to 94.00", "0 of 3"]);
    expect(second?.slice(0, 5)).toEqual(["timing, latency", "84.50 ± 6.36", "−8.00 ± 38.12", "80.00 to 90.00", "1 of 3"]);
    expect(second?.at(-1)).toBe("2");
  });

  it("has a column for each data set and control, without those that have not run", () => {
    const on = (series: string, place: string, ...records: DoneRecord[]): Compared => ({
      ...compared(series, ...records),
      variant: { series, at: `latency, ${place}` },
    });
    const all = [
      on("antlr", "randman, ordered", record(1, 0.9), record(2, 0.92)),
      on("timing", "randman, ordered"),
      on("timing", "randman, shuffled", record(1, 0.1)),
    ];
    expect(orderRows(all)).toEqual([
      ["rule, loss", "randman, ordered, %", "randman, shuffled, %"],
      ["antlr, latency", "91.00 ± 1.41", ""],
      ["timing, latency", "", "10.00"],
    ]);
  });

  it("has for an answer the accuracy, its difference by seed, and what it takes", () => {
    const [, first, second] = answerRows([antlr, timing], antlr);
    expect(first).toEqual(["antlr, latency", "91.00 ± 1.41", "", "0.150 ± 0.071", "5.0 ± 0.0", "20.0 ± 0.0"]);
    expect(second?.slice(0, 3)).toEqual(["timing, latency", "83.00 ± 4.24", "−8.00 ± 25.41"]);
  });

  it("has the best trial with each value of a setting", () => {
    expect(levelRows([antlr], "strength", [0, 10, 100])[1]).toEqual(["antlr, latency", "75.0", "25.0", ""]);
  });

  it("has what the searches chose and what they took, as Markdown", () => {
    expect(markdownTable(searchRows([antlr]))).toBe(
      "| rule, loss | optimizer.learningRate | validation, % | second best, % | trainings |\n|---|---|---|---|---|\n| antlr, latency | 0.01 | 91.20 | 90.00 | 47 |",
    );
    expect(costRows([timing])[1]).toEqual(["timing, latency", "100", "1.0", "0.4", "2"]);
  });

  it("has the median of the speeds, between the middle two of an even number", () => {
    const ran = (samplesPerSecond: number) => ({ ...record(1, 0.8), ran: { samplesPerSecond, threads: 1 } }) as DoneRecord;
    expect(costRows([compared("timing", ran(100), ran(300))])[1]?.[1]).toBe("200");
  });
});

describe("the folder of an experiment with searches", () => {
  const data = { dataset: "yinYang", train: 100, validation: 50, test: 50 };
  const tuning: Tuning = { trials: 2, seed: 1, seeds: [101], halving: { epochs: [1, 2], keep: 0.5 }, data: [data] };
  const layers = [20, 3].map((units) => ({ type: "dense" as const, units }));
  const variant: Variant = {
    series: "antlr",
    config: {
      network: { input: 5, steps: 60, layers },
      rule: { type: "antlr" },
      optimizer: { type: "adam" },
      training: { epochs: 1 },
    },
    search: { "optimizer.learningRate": [0.01, 0.02] },
  };
  const experiment: Experiment = {
    name: "small",
    title: "two rules",
    question: "Which?",
    data: () => [data],
    seeds: { quick: 1, full: 2 },
    bestBy: "firstSpike",
    tuning: () => tuning,
    variants: () => [variant, { ...variant, series: "timing" }],
    figures: [],
  };
  const supply: DataSupply = {
    load: async () => (await datasets.yinYang({ samples: 400 })).encode(encode.latency({ last: 24, skipZero: false })),
    split: (_, whole) => whole.split({ seed: 1 }),
  };
  const isAtHand = () => true;

  it("is read as far as it goes: searches at their end, and the seeds that are done with what they chose", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    expect(await comparedIn(dir, experiment, "full")).toEqual([]);
    await runPlan(searchPlanOf(experiment, variant, tuning, { isAtHand }), { supply, dir: join(dir, searchFolder(variant)) });
    const [searched, ...others] = await comparedIn(dir, experiment, "full");
    expect(others).toEqual([]);
    // One of the two points is left in the last rung.
    expect(searched).toMatchObject({ records: [], search: { runs: 3, samples: 400, next: Number.NaN } });
    const chosen = new Map([["antlr", searched?.search?.chosen ?? {}]]);
    const plan = planOf({ ...experiment, variants: () => [variant] }, { scale: "full", seeds: [2], isAtHand, chosen });
    await runPlan(plan, { supply, dir });
    const [run] = await comparedIn(dir, experiment, "full");
    expect(run?.records.map(({ seed }) => seed)).toEqual([2]);
  });
});
