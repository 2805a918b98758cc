import { mkdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildResearch } from "../../research/build.mjs";
import { mulberry32 } from "../../ts/random.js";
import type { RunRecord } from "../../ts/study/store/record.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { gone, Job, recordFiles, runsIn, send } from "../sweep/job.js";
import { everyFile, outcomes } from "../sweep/outcomes.js";

const KILLS = 20;
/** Four rules and six seeds. */
const RUNS = 24;

const SMALL = ["--set", "training.epochs=2", "--set", "network.steps=40", "--seeds", "6"];

/** Moments, each as a state that can be seen and stays, so that it is not missed. */
const MOMENTS: Record<string, (job: Job, out: string) => () => boolean> = {
  "its start": () => () => true,
  "the plan is there": (_, out) => () => everyFile(out).includes("study.json"),
  "a worker is there": (job) => () => job.workers().length > 0,
  "a run is claimed": (_, out) => {
    const before = recordFiles(out).length;
    // One is the test's own.
    return () => recordFiles(out, ".claim").length > 1 || recordFiles(out).length > before;
  },
  "an epoch is over": (job) => () => job.stdout.includes('"epoch"'),
  "a run is recorded": (_, out) => {
    const before = recordFiles(out).length;
    return () => recordFiles(out).length > before;
  },
  "a run is told of": (job) => () => job.stdout.includes('"run"'),
};

const { main } = await buildResearch();

it("20 kills at any moment: the experiment ends with the records of one that nobody killed", async () => {
  const draw = mulberry32(7);
  const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
  const experiment = (out: string, processes: number) =>
    new Job(["yin-yang", "--quick", ...SMALL, "--out", out, "--processes", String(processes), "--json"], main);

  const whole = await folder();
  const undisturbed = experiment(whole, 1);
  expect(await undisturbed.end(), undisturbed.stderr).toBe(0);
  expect(outcomes(whole)).toHaveLength(RUNS);
  const held = (outcomes(whole) as RunRecord[]).at(-1)?.id ?? "";

  /** A folder with a run that another process seems to be at: so that the experiment can't be over when it is killed. */
  const begun = async () => {
    const out = await folder();
    mkdirSync(join(out, "runs"));
    const claimed = new StudyFolder(out);
    expect(await claimed.claim(held)).toBe(true);
    return { out, claimed, told: [] as unknown[] };
  };
  let now = await begun();
  const finish = async () => {
    const { out, claimed, told } = now;
    claimed.release(held);
    const last = experiment(out, 2);
    expect(await last.end(), last.stderr).toBe(0);
    expect(last.events().at(-1)).toMatchObject({ type: "experiment", done: RUNS, failed: 0, missing: 0, others: 0, damaged: [] });
    told.push(...runsIn(last));
    expect(new Set(told).size).toBe(told.length);
    expect(outcomes(out)).toEqual(outcomes(whole));
    expect(everyFile(out)).toEqual(everyFile(whole));
  };
  for (let k = 0; k < KILLS; k++) {
    if (recordFiles(now.out).length > RUNS - 8) {
      await finish();
      now = await begun();
    }
    const [moment = "", at] = Object.entries(MOMENTS)[Math.floor(draw() * Object.keys(MOMENTS).length)] ?? [];
    // No process of its own, one, or two.
    const processes = Math.floor(draw() * 3);
    const job = experiment(now.out, moment === "a worker is there" ? Math.max(1, processes) : processes);
    await job.until(at?.(job, now.out) ?? (() => true));
    const workers = job.workers();
    send("SIGKILL", -job.pid);
    expect(await job.end(), `kill ${k + 1} at: ${moment}: ${job.stderr}`).toBe("SIGKILL");
    await gone(workers);
    now.told.push(...runsIn(job));
  }
  await finish();
});
