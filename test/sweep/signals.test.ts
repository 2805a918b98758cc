import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { mulberry32 } from "../../ts/random.js";
import { gone, Job, recordFiles, runsIn, send } from "./job.js";
import { everyFile, outcomes } from "./outcomes.js";
import { YIN_YANG } from "./yin-yang.js";

/** In turns of a test each, which no limit of time ends on a busy machine. */
const [TURNS, SIGNALS] = [5, 10];
const RUNS = 40;

/** Whom a signal reaches, in what order. */
const TARGETS = {
  group: ({ pid }: Job) => [-pid],
  "workers, then the first": (job: Job) => [...job.workers(), job.pid],
  "the first, then workers": (job: Job) => [job.pid, ...job.workers()],
  "the first": ({ pid }: Job) => [pid],
  "a worker": (job: Job) => job.workers().slice(0, 1),
  workers: (job: Job) => job.workers(),
};

/** Moments, each as a state that can be seen. */
const MOMENTS = {
  "its start": () => () => true,
  "a worker is there": (job: Job) => () => job.workers().length > 0,
  "all workers are there": (job: Job) => () => job.workers().length > 1,
  "a run is claimed": (_: Job, out: string) => () => recordFiles(out, ".claim").length > 0,
  "a run is recorded": (_: Job, out: string, more: number) => {
    const before = recordFiles(out).length;
    return () => recordFiles(out).length > before + more;
  },
};

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
let sweep: (out: string) => Job;
let whole: string;

beforeAll(async () => {
  const plan = join(await folder(), "plan.json");
  const config = { ...YIN_YANG, training: { ...YIN_YANG.training, epochs: 1 } };
  const settings = { "optimizer.learningRate": { from: 0.001, to: 0.1, count: RUNS / 2 } };
  await writeFile(plan, JSON.stringify({ config, settings, seeds: 2 }));
  sweep = (out) => new Job(["sweep", plan, "--out", out, "--processes", "2", "--json"]);
  whole = await folder();
  expect(await sweep(whole).end()).toBe(0);
  expect(outcomes(whole)).toHaveLength(RUNS);
});

const title = `${SIGNALS} signals, to whomever and whenever: nothing lost, nothing double, nothing failed, turn %i`;
it.each(Array.from({ length: TURNS }, (_, turn) => turn + 1))(title, async (turn) => {
  const draw = mulberry32(turn);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  let out = await folder();
  /** Runs that were told of as done, in this folder. */
  let told: unknown[] = [];
  const finish = async () => {
    const last = sweep(out);
    expect(await last.end(), last.stderr).toBe(0);
    told.push(...runsIn(last));
    expect(new Set(told).size).toBe(told.length);
    expect(outcomes(out)).toEqual(outcomes(whole));
    expect(everyFile(out)).toEqual(everyFile(whole));
  };
  for (let k = 0; k < SIGNALS; k++) {
    if (recordFiles(out).length > RUNS - 8) {
      await finish();
      [out, told] = [await folder(), []];
    }
    const [moment, target] = [pick(Object.keys(MOMENTS)), pick(Object.keys(TARGETS))] as [
      keyof typeof MOMENTS,
      keyof typeof TARGETS,
    ];
    const signal = pick(["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"] as const);
    const what = `${signal} ${k + 1} to ${target} at: ${moment}`;
    const job = sweep(out);
    await job.until(MOMENTS[moment](job, out, Math.floor(draw() * 4)));
    const workers = job.workers();
    send(signal, ...TARGETS[target](job));
    const code = await job.end();
    await gone(workers);
    told.push(...runsIn(job));
    const totals = job.events().find(({ type }) => type === "sweep");
    // 0 is for a sweep that is whole, 1 for one that says what is missing.
    expect([0, 1, 130, signal], `${what}: ${job.stderr}`).toContain(code);
    if (code === 0) expect(totals, what).toMatchObject({ done: RUNS, failed: 0, missing: 0 });
    if (code === 1) expect(job.events().at(-1), what).toMatchObject({ type: "error", code: "UNFINISHED" });
  }
  await finish();
});
