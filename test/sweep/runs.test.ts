import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json } from "../../ts/json.js";
import { runsCsv, summaryCsv } from "../../ts/study/report/csv.js";
import { identifyingConfig, runsOf } from "../../ts/study/run/runs.js";
import { recordsById, tableOf } from "../../ts/study/run/table.js";
import { taskOf } from "../../ts/study/run/train.js";
import { runIdentity } from "../../ts/study/store/identity.js";
import { parseRecord } from "../../ts/study/store/record.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { CONFIG, HASHES, planOf, recordOf, simulatedRecords } from "./records.js";

const nothing = () => undefined;
const rates = { "optimizer.learningRate": [0.001, 0.01, 0.1] };

describe("the identity of a run", () => {
  it("depends on configuration, seed and data, not on threads, places or the order of keys", async () => {
    const config = { network: { input: 4, steps: 10 }, training: { seed: 1, threads: 2 }, data: { dataset: "mnist", dir: "/a" } };
    const same = { data: { dir: "/b", dataset: "mnist" }, training: { seed: 1 }, network: { steps: 10, input: 4 } };
    const id = (whole: typeof config | typeof same, data = "x", version = "1") =>
      runIdentity({ config: identifyingConfig(whole), data, version });
    expect(await id(config)).toBe(await id(same));
    // Python: hashlib.sha256(json.dumps(…, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]
    expect(await id(config)).toBe("cdf844eb3cb60d216684efc9fff9861a");
    expect(await id(config, "y")).not.toBe(await id(config));
    expect(await id(config, "x", "2")).not.toBe(await id(config));
    expect(await id({ ...config, training: { seed: 2, threads: 2 } })).not.toBe(await id(config));
  });

  it("is the same in a larger plan, so that a sweep can grow", async () => {
    const small = await runsOf(planOf({ settings: rates }), HASHES, nothing);
    const more = { "optimizer.learningRate": [0.1, 1, 0.01, 0.001], "network.layers[0].units": [2, 3] };
    const large = await runsOf(planOf({ settings: more, seeds: 2 }), HASHES, nothing);
    expect(small.runs).toHaveLength(3);
    expect(large.runs).toHaveLength(16);
    const ids = new Set(large.runs.map(({ id }) => id));
    for (const { id } of small.runs) expect(ids).toContain(id);
  });

  it("has what a setting says within what another one replaces, whichever comes first", async () => {
    const settings = { "optimizer.learningRate": [0.1, 0.2], optimizer: [{ type: "adam" }, { type: "sgd" }] };
    const { runs } = await runsOf(planOf({ settings }), HASHES, nothing);
    const optimizers = runs.map(({ config }) => config["optimizer"]);
    expect(optimizers).toHaveLength(4);
    expect(optimizers).toContainEqual({ type: "sgd", learningRate: 0.2 });
  });

  it("stands once for values that are equal", async () => {
    const plan = planOf({
      settings: { "network.layers[0].units": { from: 1, to: 2, whole: true } },
      search: { type: "random", runs: 50 },
    });
    expect((await runsOf(plan, HASHES, nothing)).runs).toHaveLength(2);
  });
});

describe("what chooses the epochs of a run", () => {
  const losses = ["latency", "count", "spikeTrain", "membrane", "trace"];
  const runsFor = async (more: { [key: string]: Json }) => (await runsOf(planOf(more), HASHES, nothing)).runs;
  const chosenBy = async (more: { [key: string]: Json }) => (await runsFor(more)).map(({ config }) => taskOf(config, 1).bestBy);

  it("follows the loss of the run", async () => {
    const own = ["firstSpike", "count", "loss", "membrane", "meanSquaredError"];
    expect(await chosenBy({ settings: { "loss.type": losses } })).toEqual(own);
    expect(await chosenBy({ variants: losses.map((type) => ({ series: type, settings: { loss: { type } } })) })).toEqual(own);
  });

  it("may be said for all runs or for one, and is a part of the identity unless it is the first spike", async () => {
    const spiking = { "loss.type": losses.slice(0, 3) };
    expect(await chosenBy({ settings: spiking, bestBy: "firstSpike" })).toEqual(["firstSpike", "firstSpike", "firstSpike"]);
    expect(await chosenBy({ settings: { "loss.type": losses }, bestBy: "last" })).toEqual(losses.map(() => "last"));
    expect(await chosenBy({ settings: { ...spiking, bestBy: ["firstSpike"] }, bestBy: "count" })).toEqual(
      Array(3).fill("firstSpike"),
    );
    for (const { config } of await runsFor({ settings: spiking, bestBy: "firstSpike" }))
      expect(config).not.toHaveProperty("bestBy");
    const said = (more: { [key: string]: Json }) => runsFor({ config: { ...CONFIG, loss: { type: "count" } }, ...more });
    expect((await said({}))[0]?.config).toHaveProperty("bestBy", "count");
    expect(await said({ bestBy: "count" })).toEqual(await said({}));
  });

  it("is refused where a readout has no such answer", async () => {
    const settings = { "loss.type": ["latency", "membrane"] };
    await expect(runsFor({ settings, bestBy: "firstSpike" })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "bestBy" });
  });
});

describe("halving", () => {
  it("may run few seeds in its first rungs and more in its last", async () => {
    const rates = { "optimizer.learningRate": [1, 2, 3, 4] };
    const plan = planOf({ settings: rates, seeds: [101, 102, 103], halving: { epochs: [1, 2], keep: 0.5, seeds: [1, 3] } });
    // The second is better with the first seed and fails with another.
    const records = await simulatedRecords(plan, ({ settings, rung, seed }) => {
      const rate = Number(settings["optimizer.learningRate"]);
      return rung === 1 && rate === 4 && seed === 103 ? 0.1 : rate / 5;
    });
    const { rows } = await tableOf(plan, HASHES, records);
    expect(rows.filter(({ run }) => run.rung === 0).map(({ run }) => run.seed)).toEqual([101, 101, 101, 101]);
    expect(rows.filter(({ run }) => run.rung === 1).map(({ run }) => run.seed)).toEqual([101, 102, 103, 101, 102, 103]);
  });

  const settings = { "optimizer.learningRate": { from: 0.001, to: 0.1, count: 9, scale: "log" } };
  const plan = planOf({ settings, seeds: 2, halving: { epochs: [1, 3, 9], keep: 0.34 } });

  it("waits for a rung, then goes on with the best of it", async () => {
    const first = await runsOf(plan, HASHES, nothing);
    expect(first.isOpen).toBe(true);
    expect(first.runs.map(({ rung }) => rung)).toEqual(Array(18).fill(0));
    expect(first.runs.every(({ config }) => (config["training"] as { epochs: number }).epochs === 1)).toBe(true);

    // Point 4 has the best mean; 7 is best by one seed alone; 2 failed once.
    const records = await simulatedRecords(plan, ({ point, seed }) => {
      if (point === 2 && seed === 2) return undefined;
      if (point === 7) return seed === 1 ? 0.99 : 0.1;
      return 0.9 - 0.05 * Math.abs(point - 4);
    });
    const { runs, isOpen } = await runsOf(plan, HASHES, (id) => records.get(id));
    expect(isOpen).toBe(false);
    const pointsAt = (rung: number) => [...new Set(runs.filter((run) => run.rung === rung).map(({ point }) => point))];
    expect([pointsAt(1), pointsAt(2)]).toEqual([
      [3, 4, 5, 6],
      [3, 4],
    ]);
    expect(runs).toHaveLength(18 + 8 + 4);
  });

  it("is the same whatever order the records come in, and when all fail", async () => {
    const records = await simulatedRecords(plan, ({ point }) => (point % 2) / 2);
    const reversed = new Map([...records].reverse());
    const whole = await runsOf(plan, HASHES, (id) => records.get(id));
    expect(await runsOf(plan, HASHES, (id) => reversed.get(id))).toEqual(whole);
    expect(whole.runs.filter(({ rung }) => rung === 2).map(({ point }) => point)).toEqual([1, 1, 3, 3]);
    const failed = await simulatedRecords(plan, () => undefined);
    expect((await runsOf(plan, HASHES, (id) => failed.get(id))).runs).toHaveLength(30);
  });
});

describe("merging", () => {
  it("finds what is done, failed, missing and of other plans", async () => {
    const plan = planOf({ settings: rates, seeds: 2 });
    const { runs } = await runsOf(plan, HASHES, nothing);
    const other = (await runsOf(planOf({ settings: { "network.steps": [10] }, seeds: [9] }), HASHES, nothing)).runs;
    const scores = [0.5, 0.7, undefined, 0.7, 0.6];
    const records = [...runs.slice(0, 5), ...other].map((run, k) => recordOf(run, scores[k]));
    const table = await tableOf(plan, HASHES, recordsById(records));
    expect(table).toMatchObject({ done: 4, failed: 1, missing: 1, others: 1, isOpen: false });
    const lines = runsCsv(table, plan).trim().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^index,id,status,rung,point,optimizer.learningRate,seed,score:validation.accuracy.firstSpike,/);
    expect(lines[3]).toMatch(/,failed,0,1,0.01,1,.*,NON_FINITE loss$/);
    expect(lines[6]).toMatch(/,missing,0,2,0.1,2,/);
  });

  it("has columns of different names, also where a setting is called like a number of the results", async () => {
    const plan = planOf({ settings: { loss: [{ type: "latency" }] } });
    const table = await tableOf(plan, HASHES, await simulatedRecords(plan, () => 0.5));
    for (const csv of [runsCsv(table, plan), summaryCsv(table, plan)]) {
      const columns = csv.split("\n")[0]?.split(",") ?? [];
      expect(columns).toContain("settings.loss");
      expect(new Set(columns).size).toBe(columns.length);
    }
  });

  it("prefers what is done, and refuses two results of one run", async () => {
    const [run] = (await runsOf(planOf({}), HASHES, nothing)).runs;
    if (run === undefined) throw new Error("a plan without settings has one run");
    const [failed, done] = [recordOf(run), recordOf(run, 0.5)];
    for (const order of [
      [failed, done],
      [done, failed],
      [done, recordOf(run, 0.5, "b")],
    ]) {
      expect(recordsById(order).get(run.id)?.result?.test.loss).toBe(0.5);
    }
    expect(() => recordsById([done, recordOf(run, 0.6, "b")])).toThrow(/different results on a \(native\) and b \(native\)/);
  });

  it("names an objective that is not in the results", async () => {
    const plan = planOf({ objective: { metric: "test.accuracy.top5", goal: "max" } });
    const records = (await runsOf(plan, HASHES, nothing)).runs.map((run) => recordOf(run, 0.5));
    await expect(tableOf(plan, HASHES, recordsById(records))).rejects.toMatchObject({ path: "objective.metric" });
  });
});

describe("the folder of a study", () => {
  it("has no records without the folder of the runs, and says when that can't be read", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    expect(await new StudyFolder(dir).records()).toEqual({ records: [], damaged: [] });
    const runs = join(dir, "runs");
    await writeFile(runs, "");
    const error = { code: "READ_FAILED", path: runs, message: expect.stringMatching(/can't be read \(ENOTDIR/) };
    await expect(new StudyFolder(dir).records()).rejects.toMatchObject(error);
  });
});

describe("a record", () => {
  it("is read back, and refused when it is not whole or not its own", async () => {
    const [run] = (await runsOf(planOf({}), HASHES, nothing)).runs;
    if (run === undefined) throw new Error("a plan without settings has one run");
    const text = JSON.stringify(recordOf(run, 0.5));
    expect(await parseRecord(text, "x")).toEqual(recordOf(run, 0.5));
    await expect(parseRecord(text.slice(0, -9), "x")).rejects.toMatchObject({ code: "DATA_FORMAT", path: "x" });
    await expect(parseRecord("[]", "x")).rejects.toMatchObject({ code: "DATA_FORMAT" });
    const changed = text.replace('"steps":10', '"steps":11');
    await expect(parseRecord(changed, "x")).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  });
});
