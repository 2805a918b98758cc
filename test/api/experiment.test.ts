import { datasets, encode } from "spikelet";
import { describe, expect, it } from "vitest";
import {
  type DataSupply,
  type ExperimentEvent,
  type ExperimentOptions,
  runExperiment,
  scoreOf,
} from "../../ts/experiments/engine.js";
import type { Experiment, ExperimentData, Variant } from "../../ts/experiments/experiment.js";
import { type RunRecord, withoutCost } from "../../ts/experiments/record.js";

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
    training: { epochs: 3, batchSize: 16, threads: 1 },
  },
  ...more,
});

const small: Experiment = {
  name: "small",
  title: "two rules",
  question: "Which?",
  data: () => [{ dataset: "not here" }, { dataset: "yinYang", train: 200, validation: 100, test: 100 }],
  seeds: { quick: 1, full: 2 },
  choice: "firstSpike",
  variants: () => [variant("activation"), variant("antlr")],
  figures: [],
};

const supply: DataSupply & { loads: ExperimentData[] } = {
  loads: [],
  isAtHand: ({ dataset }) => dataset === "yinYang",
  load: async (data) => {
    supply.loads.push(data);
    const seed = Number(data.options?.["seed"] ?? 0);
    return (await datasets.yinYang({ samples: 700, seed }))
      .encode(encode.latency({ last: 24, skipZero: false }))
      .split({ seed: 1 });
  },
};

class Memory {
  readonly kept = new Map<string, RunRecord>();
  find = async (id: string) => this.kept.get(id);
  keep = async (record: RunRecord) => {
    this.kept.set(record.id, record);
  };
}

async function all(experiment: Experiment, options: Partial<ExperimentOptions> = {}): Promise<ExperimentEvent[]> {
  const events = [];
  const given = { scale: "full", seeds: [1, 2], data: supply, records: new Memory(), ...options } as const;
  for await (const event of runExperiment(experiment, given)) events.push(event);
  return events;
}

const records = (events: readonly ExperimentEvent[]) =>
  events.flatMap((event) => (event.type === "runFinished" ? [event.record] : []));

describe("an experiment", () => {
  it("runs every variant with every seed on the first data at hand, loaded once", async () => {
    supply.loads = [];
    const events = await all(small);
    const done = records(events);
    expect(done.map(({ series, seed }) => `${series} ${seed}`)).toEqual(["activation 1", "antlr 1", "activation 2", "antlr 2"]);
    expect(supply.loads.map(({ dataset }) => dataset)).toEqual(["yinYang"]);
    expect(new Set(done.map(({ id }) => id)).size).toBe(4);
    expect(events.filter(({ type }) => type === "epochEnd")).toHaveLength(12);
    for (const { data, test, epochs, config, seed } of done) {
      expect(data).toMatchObject({
        name: "yinYang",
        train: 200,
        validation: 100,
        test: 100,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(test.samples).toBe(100);
      expect(test.spikes.perSample).toBeGreaterThan(1);
      expect(epochs).toHaveLength(3);
      expect(config.training.seed).toBe(seed);
    }
  });

  it("tests the epoch that the validation data choose, the earliest of equals", async () => {
    for (const { chosen, epochs } of records(await all(small))) {
      const scores = epochs.map((epoch) => scoreOf("firstSpike", epoch));
      expect(chosen).toEqual({ epoch: scores.indexOf(Math.max(...scores)) + 1, by: "firstSpike" });
      expect(scores[chosen.epoch - 1]).toBe(epochs[chosen.epoch - 1]?.validation?.accuracy.firstSpike);
    }
    const [last] = records(await all({ ...small, choice: "last" }, { seeds: [1] }));
    expect(last?.chosen).toEqual({ epoch: 3, by: "last" });
  });

  it("goes on after it was stopped, with the records of one that was not", async () => {
    const whole = records(await all(small));
    const store = new Memory();
    const controller = new AbortController();
    const stopped = (async () => {
      const create = { signal: controller.signal };
      for await (const event of runExperiment(small, { scale: "full", seeds: [1, 2], data: supply, records: store, create })) {
        // In the middle of the second run.
        if (event.type === "epochEnd" && event.run === 2) controller.abort(new Error("enough"));
      }
    })();
    await expect(stopped).rejects.toThrow("enough");
    expect(store.kept.size).toBe(1);
    const events = await all(small, { records: store });
    const finished = events.flatMap((event) => (event.type === "runFinished" ? [event.wasKept] : []));
    expect(finished).toEqual([true, false, false, false]);
    expect(records(events).map(withoutCost)).toEqual(whole.map(withoutCost));
  });

  it("knows a run by configuration, data and choice, not by the threads", async () => {
    const id = async (experiment: Experiment, options: Partial<ExperimentOptions> = {}) =>
      records(await all(experiment, { seeds: [1], ...options }))[0]?.id;
    const only = { ...small, variants: () => [variant("antlr")] };
    const base = await id(only);
    expect(await id(only, { adapt: (config) => ({ ...config, training: { ...config.training, threads: 2 } }) })).toBe(base);
    expect(await id({ ...only, name: "other", variants: () => [variant("antlr", { at: 3 })] })).toBe(base);
    expect(await id(only, { adapt: (config) => ({ ...config, loss: { type: "latency", inverseTemperature: 0.4 } }) })).not.toBe(
      base,
    );
    expect(await id({ ...only, choice: "count" })).not.toBe(base);
    expect(await id({ ...only, data: () => [{ dataset: "yinYang", train: 199, validation: 100, test: 100 }] })).not.toBe(base);
    expect(
      await id({ ...only, data: () => [{ dataset: "yinYang", train: 200, validation: 100, test: 100, options: { seed: 5 } }] }),
    ).not.toBe(base);
  });

  it("judges by the training samples where it is asked what is remembered", async () => {
    const remembered = {
      ...small,
      variants: () => [variant("antlr")],
      data: () => [{ dataset: "yinYang", train: 50, isRemembered: true }],
    };
    const [record] = records(await all(remembered, { seeds: [1] }));
    expect(record?.data).toMatchObject({ train: 50, validation: 50, test: 50 });
    expect(record?.test.accuracy).toEqual(record?.epochs[(record?.chosen.epoch ?? 0) - 1]?.validation?.accuracy);
  });

  it("draws the data anew for every seed where it is told to", async () => {
    const drawn = { ...small, variants: () => [variant("antlr")], data: () => [{ dataset: "yinYang", isDrawnPerSeed: true }] };
    const [first, second] = records(await all(drawn));
    expect(first?.data.hash).not.toBe(second?.data.hash);
  });
});
