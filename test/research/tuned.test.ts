import { datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../research/catalogue/index.js";
import { type Experiment, planOf, searchPlanOf, type Tuning, type Variant, variantName } from "../../research/experiment.js";
import { pairedDifference } from "../../research/report/paired.js";
import { parsePlan } from "../../ts/study/plan/plan.js";
import { pointsOf as drawnPoints } from "../../ts/study/plan/search.js";
import { chosenOf } from "../../ts/study/report/choice.js";
import { gather } from "../../ts/study/report/merge.node.js";
import type { DataSupply } from "../../ts/study/run/samples.js";
import { tableOf } from "../../ts/study/run/table.js";
import { runPlan } from "../study/run-plan.js";
import { HASHES, planOf as planWith, simulatedRecords } from "../sweep/records.js";

const VARIANT: Variant = {
  series: "antlr",
  config: {
    network: {
      input: 5,
      steps: 60,
      layers: [
        { type: "dense", units: 20 },
        { type: "dense", units: 3 },
      ],
    },
    rule: { type: "antlr" },
    loss: { type: "latency", inverseTemperature: 0.3 },
    optimizer: { type: "adam" },
  },
  search: { "optimizer.learningRate": { from: 0.001, to: 0.03, scale: "log" } },
};

const PARTS = { dataset: "yinYang", train: 200, validation: 100, test: 80 };

const TUNING: Tuning = {
  trials: 4,
  seed: 1,
  seeds: [101],
  halving: { epochs: [1, 2], keep: 0.5 },
  data: [PARTS],
};

const isAtHand = () => true;

const supply: DataSupply = {
  load: async () => (await datasets.yinYang({ samples: 700 })).encode(encode.latency({ last: 24, skipZero: false })),
  split: (_, data) => data.split({ seed: 1 }),
};

describe("the search for the settings of a variant", () => {
  const json = searchPlanOf({ bestBy: "firstSpike" }, VARIANT, TUNING, { isAtHand });

  it("never sees the test samples, ranks by validation with seeds of its own, and goes on from its records", async () => {
    const { rows, dir, outcomes } = await runPlan(json, { supply });
    expect(outcomes).toHaveLength(6);
    for (const { run, record, score } of rows) {
      expect(run.seed).toBe(101);
      expect(record?.result?.data).toMatchObject({ train: 200, validation: 100, test: 100 });
      expect(record?.result?.test).toEqual(record?.result?.validation);
      expect(score).toBe(record?.result?.validation?.accuracy.firstSpike);
    }
    const { table } = await gather([dir]);
    const last = table.rows.filter(({ run }) => run.rung === 1);
    const best = Math.max(...last.map(({ score = 0 }) => score));
    expect(chosenOf(table, parsePlan(json))?.rows[0].run.point).toBe(last.find(({ score }) => score === best)?.run.point);
    expect((await runPlan(json, { supply, dir })).outcomes).toHaveLength(0);
  });

  it("learns what the variant says, where that is other data than those of all", () => {
    const tunedOn = [{ ...PARTS, train: 50 }];
    const own = searchPlanOf({ bestBy: "firstSpike" }, { ...VARIANT, tunedOn }, TUNING, { isAtHand });
    expect(own).toMatchObject({ config: { data: { train: 50, isTestHidden: true } } });
    const isSpoken = ({ name }: Experiment) => name === "spoken-voices";
    const voices = EXPERIMENTS.find(isSpoken) as Experiment;
    const tuning = voices.tuning?.("full") as Tuning;
    for (const variant of voices.variants("full").filter(({ at }) => at !== "official")) {
      const { config } = searchPlanOf(voices, variant, tuning, { isAtHand });
      expect(config).toMatchObject({ data: { options: { heldOut: variant.at }, isTestHidden: true } });
    }
  });

  it("is of the same points for every rule, as far as they have the same settings", () => {
    const verdict = EXPERIMENTS.find(({ name }) => name === "verdict") as Experiment;
    const tuning = verdict.tuning?.("full") as Tuning;
    expect(tuning.trials).toBeGreaterThanOrEqual(20);
    const [antlr, timing] = ["antlr, latency", "timing, latency"].map((name) => {
      const variant = verdict.variants("full").find((one) => variantName(one) === name) as Variant;
      const plan = parsePlan(searchPlanOf(verdict, variant, tuning, { isAtHand }));
      expect(plan).toMatchObject({ seeds: [101, 102, 103], halving: { seeds: [1, 1, 3] } });
      return drawnPoints(plan);
    });
    expect(antlr?.map(({ "rule.surrogate.sharpness": _, ...rest }) => rest)).toEqual(timing);
  });
});

describe("what a search chose", () => {
  const plan = planWith({ settings: { "optimizer.learningRate": [1, 2, 3, 4] }, halving: { epochs: [1, 2], keep: 0.5 } });
  const scores: Record<string, number> = { "1 0": 0.9, "2 0": 0.8, "3 0": 0.1, "4 0": 0.2, "1 1": 0.5, "2 1": 0.7 };

  it("is the best of the last rung, whatever others reached before", async () => {
    const records = await simulatedRecords(plan, ({ settings, rung }) => scores[`${settings["optimizer.learningRate"]} ${rung}`]);
    const table = await tableOf(plan, HASHES, records);
    expect(chosenOf(table, plan)?.rows[0].run.settings).toEqual({ "optimizer.learningRate": 2 });
    records.delete(table.rows.at(-1)?.run.id ?? "");
    expect(chosenOf(await tableOf(plan, HASHES, records), plan)).toBeUndefined();
  });

  it("holds with every seed of the last rung, not with the luckiest", async () => {
    const fragile = planWith({
      settings: { "optimizer.learningRate": [1, 2] },
      seeds: [101, 102],
      halving: { epochs: [1, 2], keep: 0.9, seeds: [1, 2] },
    });
    const records = await simulatedRecords(fragile, ({ settings, seed }) => {
      return settings["optimizer.learningRate"] === 2 ? (seed === 101 ? 0.95 : 0.1) : 0.9;
    });
    const table = await tableOf(fragile, HASHES, records);
    expect(chosenOf(table, fragile)?.rows[0].run.settings).toEqual({ "optimizer.learningRate": 1 });
  });

  it("is what the variant is compared with, on the whole test set", () => {
    const experiment: Experiment = {
      name: "tuned",
      title: "two rules",
      question: "Which?",
      data: () => [{ dataset: "yinYang" }],
      seeds: { quick: 1, full: 2 },
      bestBy: "firstSpike",
      variants: () => [VARIANT],
      figures: [],
    };
    const chosen = new Map([["antlr", { "optimizer.learningRate": 0.02 }]]);
    const { search } = parsePlan(planOf(experiment, { scale: "full", seeds: [1, 2], isAtHand, chosen }));
    const [variant] = search.type === "variants" ? search.variants : [];
    expect(variant?.settings).toMatchObject({ "optimizer.learningRate": 0.02, data: { dataset: "yinYang" } });
  });
});

describe("a paired difference", () => {
  const reference = new Map([
    [1, 10],
    [2, 20],
    [3, 31],
    [9, 0],
  ]);

  it("has Student's interval over the seeds that both have", () => {
    // Differences 1, 2, 3: mean 2, deviation 1, t = 4.303 with 2 degrees of freedom.
    const values = [1, 2, 3, 4].map((seed, k) => [seed, [11, 22, 34, 0][k] ?? 0] as const);
    const found = pairedDifference(new Map(values), reference);
    expect(found).toMatchObject({ mean: 2, seeds: 3 });
    expect(found?.halfWidth).toBeCloseTo(4.303 / Math.sqrt(3), 10);
  });

  it("of one seed has no end, of none is not there", () => {
    expect(pairedDifference(new Map([[1, 12]]), reference)).toEqual({ mean: 2, halfWidth: Number.POSITIVE_INFINITY, seeds: 1 });
    expect(pairedDifference(new Map([[7, 12]]), reference)).toBeUndefined();
  });
});
