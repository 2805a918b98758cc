import { copyFileSync, mkdirSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { mergeInto } from "../../ts/study/report/merge.node.js";
import { RunQueue } from "../../ts/study/run/queue.node.js";
import { runsOf } from "../../ts/study/run/runs.js";
import type { RunRecord } from "../../ts/study/store/record.js";
import { StudyFolder, type WaitOptions } from "../../ts/study/store/study-folder.node.js";
import { leaseOf } from "../support/lease.js";
import { gone, Job, recordFiles, send } from "./job.js";
import { everyFile, outcomes } from "./outcomes.js";
import { addRecord, CONFIG, HASHES, planOf, recordOf } from "./records.js";
import { YIN_YANG } from "./yin-yang.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const RUNS = 40;

/** As when a job is started on a second node while the first one is still at it. */
describe("two processes with the same part of the same folder", () => {
  let plan: string;
  let whole: string;
  const sweep = (out: string, ...more: string[]) => new Job(["sweep", plan, "--out", out, "--json", ...more]);
  const told = (jobs: readonly Job[]) =>
    jobs.flatMap((job) => job.events().flatMap(({ type, id }) => (type === "run" ? [id] : [])));
  const ids = () => (outcomes(whole) as RunRecord[]).map(({ id }) => id).sort();

  beforeAll(async () => {
    const config = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1 } };
    plan = join(await folder(), "plan.json");
    const settings = { "optimizer.learningRate": { from: 0.001, to: 0.1, count: RUNS } };
    await writeFile(plan, JSON.stringify({ config, settings }));
    whole = await folder();
    expect(await sweep(whole, "--processes", "0").end()).toBe(0);
    expect(outcomes(whole)).toHaveLength(RUNS);
  });

  it.each([
    ["0", "0"],
    ["2", "2"],
    ["0", "2"],
  ])("do each run once between them, with %s and %s processes", async (...processes) => {
    const out = await folder();
    const jobs = processes.map((count) => sweep(out, "--processes", count));
    expect(await Promise.all(jobs.map((job) => job.end())), jobs.map(({ stderr }) => stderr).join("\n")).toEqual([0, 0]);
    expect(told(jobs).sort()).toEqual(ids());
    for (const job of jobs) expect(job.events().at(-1)).toMatchObject({ done: RUNS, failed: 0, missing: 0, damaged: [] });
    expect(outcomes(out)).toEqual(outcomes(whole));
    expect(everyFile(out)).toEqual(everyFile(whole));
  });

  it("share a part of an array, and leave the other part alone", async () => {
    const out = await folder();
    const jobs = [1, 2].map(() => sweep(out, "--shard", "1/2", "--processes", "1"));
    expect(await Promise.all(jobs.map((job) => job.end()))).toEqual([0, 0]);
    const half = (outcomes(whole) as RunRecord[]).filter((_, k) => k % 2 === 0).map(({ id }) => id);
    expect(told(jobs).sort()).toEqual(half.sort());
  });

  it.each(["0", "2"])("with %s processes: one is killed with all its processes, the other does what it was at", async (count) => {
    const out = await folder();
    const [first, second] = [sweep(out, "--processes", count), sweep(out, "--processes", count)];
    await first.until(() => recordFiles(out).length > 2 && recordFiles(out, ".claim").length > 0);
    const workers = first.workers();
    send("SIGKILL", -first.pid);
    expect(await second.end(), second.stderr).toBe(0);
    await gone(workers);
    expect(second.events().at(-1)).toMatchObject({ done: RUNS, failed: 0, missing: 0 });
    expect(outcomes(out)).toEqual(outcomes(whole));
    // The one that is killed may outlive the other; what it leaves goes with the next sweep.
    expect(await sweep(out, "--processes", "0").end()).toBe(0);
    expect(everyFile(out)).toEqual(everyFile(whole));
  });

  it("waits for the run that another is at, and takes its record", async () => {
    const out = await folder();
    const [id = ""] = ids();
    const record = (dir: string) => join(dir, "runs", `${id}.json`);
    mkdirSync(join(out, "runs"));
    const claimed = new StudyFolder(out);
    await claimed.claim(id);
    const job = sweep(out, "--processes", "2");
    await job.until(() => recordFiles(out).length === RUNS - 1);
    expect(job.isOver).toBe(false);
    copyFileSync(record(whole), record(out));
    claimed.release(id);
    expect(await job.end(), job.stderr).toBe(0);
    expect(told([job]).sort()).toEqual(ids().slice(1));
    expect(outcomes(out)).toEqual(outcomes(whole));
  });
});

describe("what one process at a time may do in a folder", () => {
  const claimElsewhere = (dir: string) => leaseOf(join(dir, "study.claim"), { host: "elsewhere" });

  it.each<[string, (dir: string, wait: WaitOptions) => Promise<unknown>]>([
    [
      "beginning",
      (dir, wait) => new StudyFolder(dir).begin({ name: "a", plan: planOf({}), json: { config: CONFIG } }, HASHES, wait),
    ],
    ["merging", (dir, wait) => mergeInto(dir, [dir], wait)],
  ])("%s: it says whom it waits for, once, and ends at a signal", async (_, work) => {
    const dir = await folder();
    claimElsewhere(dir);
    const controller = new AbortController();
    const owners: string[] = [];
    const onWait = (owner: string) => {
      owners.push(owner);
      controller.abort(new Error("stopped"));
    };
    await expect(work(dir, { signal: controller.signal, onWait })).rejects.toThrow("stopped");
    expect(owners).toEqual([`process ${process.pid} on elsewhere`]);
  });

  it("is told on the command line", async () => {
    const [out, plan] = [await folder(), join(await folder(), "plan.json")];
    await writeFile(plan, JSON.stringify({ config: YIN_YANG, settings: {} }));
    claimElsewhere(out);
    const job = new Job(["sweep", plan, "--out", out, "--processes", "0"]);
    await job.until(() => job.stderr.includes(`${out} was claimed by process ${process.pid} on elsewhere: waiting`));
    send("SIGINT", job.pid);
    expect(await job.end(), job.stderr).toBe(130);
  });
});

describe("a queue", () => {
  it("hands each run out once, to whoever asks, and those of others not at all", async () => {
    const dir = await folder();
    const settings = { "optimizer.learningRate": [0.1, 0.2, 0.3, 0.4] };
    const plan = planOf({ settings });
    await new StudyFolder(dir).begin({ name: "queue", plan, json: { config: CONFIG, settings } }, HASHES);
    const { runs } = await runsOf(plan, HASHES, () => undefined);
    const { signal } = new AbortController();
    const sides = [1, 2, 3].map(() => {
      const folder = new StudyFolder(dir);
      return { folder, queue: new RunQueue(runs, folder), done: [] as string[] };
    });
    const work = async ({ folder, queue, done }: (typeof sides)[number]) => {
      for (let run = await queue.next(signal); run !== undefined; run = await queue.next(signal)) {
        done.push(run.id);
        await folder.add(recordOf(run, 0.5), queue.placeOf(run));
        queue.finish(run);
      }
    };
    await Promise.all([...sides, ...sides].map(work));
    expect(sides.flatMap(({ done }) => done).sort()).toEqual(runs.map(({ id }) => id).sort());
    expect(sides.map(({ done, queue }) => done.length + queue.doneElsewhere)).toEqual([4, 4, 4]);
  });

  it("does failed runs again where it is asked to, once among all", async () => {
    const dir = await folder();
    const plan = planOf({});
    const one = new StudyFolder(dir);
    await one.begin({ name: "queue", plan, json: { config: CONFIG } }, HASHES);
    const { runs } = await runsOf(plan, HASHES, () => undefined);
    const [run] = runs;
    if (run === undefined) throw new Error("a plan without settings has one run");
    await addRecord(one, recordOf(run));
    const known = new Map([[run.id, recordOf(run)]]);
    const { signal } = new AbortController();
    const [first, second] = [new RunQueue(runs, one, known), new RunQueue(runs, new StudyFolder(dir), known)];
    expect(await first.next(signal)).toBe(run);
    await one.add(recordOf(run, undefined, "another time"), first.placeOf(run));
    first.finish(run);
    expect(await second.next(signal)).toBeUndefined();
  });
});
