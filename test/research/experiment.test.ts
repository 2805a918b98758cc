import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import { type Experiment, planOf, type Variant } from "../../research/experiment.js";
import type { JsonObject } from "../../ts/json.js";
import type { DataSupply } from "../../ts/study/run/samples.js";
import type { Row } from "../../ts/study/run/table.js";
import { type DoneRecord, outcomeOf } from "../../ts/study/store/record.js";
import { type PlayOptions, runPlan } from "../study/run-plan.js";

const variant = (series: "antlr" | "activation", more: Partial<Variant> = {}): Variant => ({
  series,
  config: {
    network: {
      input: 5,
      steps: 60,
      layers: [
        { type: "dense", units: 20 },
        { type: "dense", units: 3 },
      ],
    },
    rule: { type: series },
    loss: { type: "latency", inverseTemperature: 0.3 },
    optimizer: { type: "adam", learningRate: 0.01 },
    training: { epochs: 3, batchSize: 16 },
  },
  ...more,
});

const small: Experiment = {
  name: "small",
  title: "two rules",
  question: "Which?",
  data: () => [{ dataset: "not here" }, { dataset: "yinYang", train: 200, validation: 100, test: 100 }],
  seeds: { quick: 1, full: 2 },
  bestBy: "firstSpike",
  variants: () => [variant("activation"), variant("antlr")],
  figures: [],
};

const supply: DataSupply & { loads: JsonObject[] } = {
  loads: [],
  load: async (section) => {
    supply.loads.push(section);
    const { seed = 0 } = (section["options"] ?? {}) as { seed?: number };
    return (await datasets.yinYang({ samples: 700, seed })).encode(encode.latency({ last: 24, skipZero: false }));
  },
  split: (_, data, sizes) => data.split({ seed: 1, ...sizes }),
};

interface Asked extends Partial<PlayOptions> {
  seeds?: number[];
  adapt?: (config: Config) => Config;
}

function all(experiment: Experiment, { seeds = [1, 2], adapt, ...options }: Asked = {}) {
  const isAtHand = ({ dataset }: { dataset: string }) => dataset === "yinYang";
  const plan = planOf(experiment, { scale: "full", seeds, isAtHand, ...(adapt ? { adapt } : {}) });
  return runPlan(plan, { supply, ...options });
}

const records = ({ rows }: { rows: Row[] }) => rows.map(({ record }) => record as DoneRecord);

describe("an experiment", () => {
  it("runs every variant with every seed on the first data at hand, loaded once", async () => {
    supply.loads = [];
    const heard: object[] = [];
    const ran = await all(small, { onEpoch: (epoch) => heard.push(epoch) });
    const names = ran.rows.map(({ run }) => `${run.settings["series"]} ${run.seed}`);
    expect(names).toEqual(["activation 1", "antlr 1", "activation 2", "antlr 2"]);
    expect(supply.loads).toEqual([{ dataset: "yinYang" }]);
    expect(new Set(ran.rows.map(({ run }) => run.id)).size).toBe(4);
    expect(heard).toHaveLength(12);
    expect(heard[2]).toMatchObject({ epoch: 3, epochs: 3 });
    for (const { data, config, seed, result } of records(ran)) {
      expect(data).toMatch(/^[0-9a-f]{64}$/);
      expect(result.data).toMatchObject({ name: "yinYang", train: 200, validation: 100, test: 100 });
      expect(result.test.samples).toBe(100);
      expect(result.test.spikes.perSample).toBeGreaterThan(1);
      expect(result.history).toHaveLength(3);
      expect(config["training"]).toMatchObject({ seed });
    }
  });

  it("tests the epoch that the validation data choose, the earliest of equals", async () => {
    for (const [bestBy, value] of [
      ["firstSpike", "validationFirstSpike"],
      ["loss", "validationLoss"],
    ] as const) {
      for (const { result } of records(await all({ ...small, bestBy }))) {
        const scores = result.history.map((epoch) => (bestBy === "loss" ? -1 : 1) * (epoch[value] ?? Number.NaN));
        expect(result.bestEpoch).toBe(scores.indexOf(Math.max(...scores)) + 1);
        const { loss, accuracy } = result.validation ?? {};
        expect(bestBy === "loss" ? loss : accuracy?.firstSpike).toBe(result.history[result.bestEpoch - 1]?.[value]);
      }
    }
    const [last] = records(await all({ ...small, bestBy: "last" }, { seeds: [1] }));
    expect(last?.result.bestEpoch).toBe(3);
  });

  it("goes on after it was stopped, with the records of one that was not", async () => {
    const whole = records(await all(small));
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    const controller = new AbortController();
    let epochs = 0;
    const stopped = all(small, {
      dir,
      signal: controller.signal,
      // In the middle of the second run.
      onEpoch: () => {
        epochs += 1;
        if (epochs === 4) controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    const resumed = await all(small, { dir });
    expect(resumed.outcomes).toHaveLength(3);
    expect(records(resumed).map(outcomeOf)).toEqual(whole.map(outcomeOf));
  });

  it("knows a run by configuration, data and choice, not by the threads", async () => {
    const id = async (experiment: Experiment, options: Asked = {}) =>
      records(await all(experiment, { seeds: [1], ...options }))[0]?.id;
    const only = { ...small, variants: () => [variant("antlr")] };
    const base = await id(only);
    expect(await id(only, { threads: 2 })).toBe(base);
    expect(await id(only, { adapt: (config) => ({ ...config, training: { ...config.training, threads: 2 } }) })).toBe(base);
    expect(await id({ ...only, name: "other", variants: () => [variant("antlr", { at: 3 })] })).toBe(base);
    expect(await id(only, { adapt: (config) => ({ ...config, loss: { type: "latency", inverseTemperature: 0.4 } }) })).not.toBe(
      base,
    );
    expect(await id({ ...only, bestBy: "count" })).not.toBe(base);
    expect(await id({ ...only, data: () => [{ dataset: "yinYang", train: 199, validation: 100, test: 100 }] })).not.toBe(base);
    expect(
      await id({ ...only, data: () => [{ dataset: "yinYang", train: 200, validation: 100, test: 100, options: { seed: 5 } }] }),
    ).not.toBe(base);
  });

  it("judges by the training samples where it is asked what is remembered", async () => {
    const remembered: Experiment = {
      ...small,
      variants: () => [variant("antlr")],
      data: () => [{ dataset: "yinYang", train: 50, isRemembered: true }],
    };
    const [{ result } = {} as DoneRecord] = records(await all(remembered, { seeds: [1] }));
    expect(result.data).toMatchObject({ train: 50, validation: 50, test: 50 });
    expect(result.test.accuracy).toEqual(result.validation?.accuracy);
  });

  it("learns the validation samples too where nothing is left to choose, and tests the last epoch", async () => {
    const final: Experiment = {
      ...small,
      bestBy: "last",
      objective: { metric: "history[1].trainLoss", goal: "min" },
      variants: () => [variant("antlr")],
      data: () => [{ dataset: "yinYang", isValidationLearnt: true }],
    };
    const [{ result } = {} as DoneRecord] = records(await all(final, { seeds: [1] }));
    expect(result.data).toMatchObject({ train: 600, validation: 0, test: 100 });
    expect(result).toMatchObject({ validation: null, bestEpoch: result.epochs });
  });

  it("draws the data anew for every seed where it is told to", async () => {
    const drawn: Experiment = {
      ...small,
      variants: () => [variant("antlr")],
      data: () => [{ dataset: "yinYang", isDrawnPerSeed: true }],
    };
    const [first, second] = records(await all(drawn));
    expect(first?.data).not.toBe(second?.data);
  });

  it("trains variants of the same configuration once, and shows both", async () => {
    const twins = { ...small, variants: () => [variant("antlr"), variant("antlr", { at: "again" })] };
    const { rows, outcomes } = await all(twins, { seeds: [1] });
    expect(outcomes).toHaveLength(1);
    expect(rows.map(({ run }) => run.settings["at"])).toEqual([null, "again"]);
    expect(rows[0]?.record).toEqual(rows[1]?.record);
  });

  it("knows the record of another attempt at a run that fails, however alike", async () => {
    const config: Config = { ...variant("antlr").config, optimizer: { type: "adam", learningRate: -1 } };
    const failing = { ...small, variants: () => [variant("activation"), variant("antlr", { config })] };
    const once = await all(failing, { seeds: [1] });
    const again = await all(failing, { seeds: [1], dir: once.dir, retry: true });
    expect(again.outcomes).toMatchObject([{ record: { status: "failed" } }]);
    const [first, second] = [once, again].map(({ rows }) => rows[1]?.record);
    expect(second && outcomeOf(second)).toEqual(first && outcomeOf(first));
    expect(second?.ran.endedAt).not.toBe(first?.ran.endedAt);
  });

  it("may halve: variants with the best first rung go on", async () => {
    const plan = planOf(small, { scale: "full", seeds: [1], isAtHand: ({ dataset }) => dataset === "yinYang" });
    const { rows } = await runPlan({ ...plan, halving: { epochs: [1, 3], keep: 0.5 } }, { supply });
    expect(rows.map(({ run }) => run.rung)).toEqual([0, 0, 1]);
    const [first, second, last] = rows;
    expect(last?.run.point).toBe((first?.score ?? 0) >= (second?.score ?? 0) ? 0 : 1);
    expect(last?.record?.result?.history).toHaveLength(3);
  });
});
