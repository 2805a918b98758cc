import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, encode } from "spikelet";
import { beforeAll, describe, expect, it } from "vitest";
import { runIdentity } from "../../ts/study/store/identity.js";
import type { RunRecord } from "../../ts/study/store/record.js";
import { withChecksum } from "../../ts/study/store/record.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { type CliResult, spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { everyFile, outcomes } from "./outcomes.js";
import { YIN_YANG } from "./yin-yang.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

async function planFile(plan: object): Promise<string> {
  const file = join(await folder(), "plan.json");
  await writeFile(file, JSON.stringify(plan));
  return file;
}

const last = (result: CliResult) => result.json().at(-1);

/** Makes a folder one of another version. */
async function renamed(out: string, version: string): Promise<void> {
  const manifest = join(out, "study.json");
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, "utf8")), version }));
  for (const name of readdirSync(join(out, "runs"))) {
    const file = join(out, "runs", name);
    const record = { ...JSON.parse(readFileSync(file, "utf8")), version };
    const id = await runIdentity(record);
    writeFileSync(join(out, "runs", `${id}.json`), JSON.stringify(await withChecksum({ ...record, id })));
    rmSync(file);
  }
}

/** Whether one process of a pool is left, which has worked for more seconds than starting takes. */
function isOneAtWork(pool: number | undefined): boolean {
  const { stdout } = spawnSync("ps", ["-o", "cputimes=", "--ppid", String(pool)], { encoding: "utf8" });
  const seconds = stdout.trim().split(/\s+/).map(Number);
  return seconds.length === 1 && Number(seconds[0]) >= 2;
}

describe("60 runs", () => {
  let plan: string;
  let whole: string;

  beforeAll(async () => {
    plan = await planFile({
      config: YIN_YANG,
      settings: {
        rule: [{ type: "activation" }, { type: "timing" }, { type: "antlr" }],
        "optimizer.learningRate": { from: 0.003, to: 0.03, scale: "log", count: 5 },
        "network.layers[0].units": [10, 20],
      },
      seeds: 2,
    });
    whole = await folder();
    const result = await spikelet(["sweep", plan, "--out", whole, "--processes", "0", "--json"]);
    expect(last(result)).toMatchObject({ type: "sweep", done: 60, failed: 0, missing: 0 });
  });

  it("learn: the networks fire, and the best is well above chance", () => {
    const score = ({ result }: RunRecord) => result?.test.accuracy.firstSpike ?? 0;
    const [best] = (outcomes(whole) as RunRecord[]).sort((a, b) => score(b) - score(a));
    expect(best?.result?.test.accuracy.firstSpike).toBeGreaterThan(0.55);
    for (const rate of best?.result?.test.spikes.perUnit ?? [0]) expect(rate).toBeGreaterThan(0.05);
  });

  it("over three shards, one killed and started again, are the same record by record", async () => {
    const dirs = [await folder(), await folder(), await folder()];
    const shard = (k: number, onOutput?: Parameters<typeof spawnSpikelet>[1]) =>
      spawnSpikelet(["sweep", plan, "--out", dirs[k] ?? "", "--shard", `${k + 1}/3`, "--processes", "1", "--json"], onOutput);
    // A run of the second that another process seems to be at: so that it can't be over when it is killed.
    const [, { id: held = "" } = {}] = outcomes(whole) as RunRecord[];
    mkdirSync(join(dirs[1] ?? "", "runs"));
    const claimed = new StudyFolder(dirs[1] ?? "");
    await claimed.claim(held);
    const [first, killed, third] = await Promise.all([
      shard(0),
      shard(1, (child, stdout) => {
        if (stdout.split("\n").length > 5) child.kill("SIGKILL");
      }),
      shard(2),
    ]);
    expect([first.code, killed.code, third.code]).toEqual([0, null, 0]);
    claimed.release(held);

    const halfway = last(await spikelet(["sweep", "status", ...dirs, "--json"]));
    expect(halfway).toMatchObject({ failed: 0 });
    expect(halfway?.["missing"]).toBeGreaterThan(0);
    expect(halfway?.["missing"]).toBeLessThan(20);

    const restarted = await shard(1);
    const again = restarted.json().filter(({ type }) => type === "run");
    expect(again).toHaveLength(Number(halfway?.["missing"]));

    const merged = await folder();
    const merge = await spikelet(["sweep", "merge", ...dirs, "--out", merged, "--json"]);
    expect(last(merge)).toMatchObject({ done: 60, failed: 0, missing: 0, others: 0 });
    expect(outcomes(merged)).toEqual(outcomes(whole));
    const pages = [merged, whole].map((dir) => readFileSync(join(dir, "report.html"), "utf8"));
    expect(pages[0]).toBe(pages[1]);
    expect(pages[0]).toContain("60 done, 0 failed, 0 missing");
    const columns = (dir: string) => {
      const lines = readFileSync(join(dir, "results.csv"), "utf8").trim().split("\n");
      // Seconds, samples per second and the error stand last.
      return lines.map((line) => line.split(",").slice(0, -3));
    };
    expect(columns(merged)).toEqual(columns(whole));
  });

  it("that are all there are not run again", async () => {
    const result = await spikelet(["sweep", plan, "--out", whole, "--json"]);
    expect(result.json()).toHaveLength(1);
    expect(last(result)).toMatchObject({ done: 60 });
  });
});

describe("a sweep", () => {
  it("keeps the error of a run that fails and goes on; --retry runs it again", async () => {
    const out = await folder();
    const plan = await planFile({ config: YIN_YANG, settings: { "optimizer.learningRate": [0.01, -1, 0.02] } });
    const result = await spikelet(["sweep", plan, "--out", out]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/2 done, 1 failed, 0 missing\n.*optimizer\.learningRate: .*CONFIG_INVALID/);
    const status = last(await spikelet(["sweep", "status", out, "--json"]));
    expect(status).toMatchObject({
      done: 2,
      failed: 1,
      runs: [{ status: "done" }, { status: "failed", error: { path: "optimizer.learningRate" } }, { status: "done" }],
    });
    const again = await spikelet(["sweep", plan, "--out", out, "--retry", "--json"]);
    expect(again.json().map(({ type, status }) => status ?? type)).toEqual(["failed", "sweep"]);
  });

  it("goes on in another process when one dies; its run is missing, and it says so", async () => {
    const out = await folder();
    const plan = await planFile({ config: YIN_YANG, settings: { "training.epochs": [100_000, 1, 2] } });
    let isKilled = false;
    const result = await spawnSpikelet(["sweep", plan, "--out", out, "--processes", "2", "--json"], (child, stdout) => {
      // Both short runs are done: the other process is at the long one.
      if (isKilled || stdout.split("\n").length < 3) return;
      isKilled = true;
      // A process that ends while it starts costs no run, so the other one must be past that.
      while (!isOneAtWork(child.pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      execFileSync("pkill", ["-KILL", "-P", String(child.pid)]);
    });
    expect(result.code).toBe(1);
    const events = result.json();
    expect(events.slice(0, 2).map(({ type, status }) => [type, status])).toEqual(Array(2).fill(["run", "done"]));
    expect(events.slice(2)).toMatchObject([
      { type: "lost", settings: { "training.epochs": 100_000 }, reason: "its process was ended by SIGKILL" },
      { type: "sweep", done: 2, failed: 0, missing: 1 },
      { type: "error", code: "UNFINISHED", message: expect.stringMatching(/^1 runs left no record/) },
    ]);
    expect(everyFile(join(out, "runs"))).toHaveLength(2);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "stops at %s with what is done, and leaves nothing half done",
    async (signal) => {
      const out = await folder();
      const plan = await planFile({ config: YIN_YANG, settings: { "training.epochs": [1, 100_000] } });
      let isSent = false;
      const result = await spawnSpikelet(["sweep", plan, "--out", out, "--processes", "1", "--json"], (child, stdout) => {
        // The long one is all that is left.
        if (isSent || !stdout.includes('"run"')) return;
        isSent = true;
        child.kill(signal);
      });
      expect(result).toMatchObject({ code: 130, stderr: expect.not.stringContaining("failed") });
      expect(everyFile(join(out, "runs"))).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)]);
    },
  );

  it("halves: shards wait for each other, and end where one process does", async () => {
    const plan = await planFile({
      config: YIN_YANG,
      settings: { "optimizer.learningRate": { from: 0.001, to: 0.05, scale: "log" } },
      search: { type: "sobol", runs: 6 },
      halving: { epochs: [1, 2], keep: 0.34 },
    });
    const [whole, shared] = [await folder(), await folder()];
    const one = await spikelet(["sweep", plan, "--out", whole, "--json"]);
    expect(last(one)).toMatchObject({ done: 9, isOpen: false });
    const shard = (k: number) => spikelet(["sweep", plan, "--out", shared, "--shard", `${k}/2`, "--processes", "1"]);
    const early = await shard(1);
    expect(early.stderr).toMatch(/the next rung needs the records of all shards/);
    expect(early.stdout).toMatch(/3 done, 0 failed, 3 missing, later rungs follow/);
    await shard(2);
    await shard(1);
    expect(last(await spikelet(["sweep", "merge", shared, "--json"]))).toMatchObject({ done: 9, missing: 0, isOpen: false });
    expect(outcomes(shared)).toEqual(outcomes(whole));
  });

  it.each<[string, object | string, RegExp]>([
    ["a plan that is no JSON", "{", /is not JSON/],
    ["a mistake in the plan", { config: YIN_YANG, seeds: 0 }, /plan\.json: seeds: must be a whole number/],
    ["a mistake in the configuration", { config: { ...YIN_YANG, los: 1 } }, /unknown field `los`/],
    ["an unknown preset", { config: "digit" }, /plan\.json: config: unknown preset "digit": did you mean digits/],
    ["a configuration that is not there", { config: "none.json" }, /plan\.json: config: \S+none\.json: there is no such file/],
  ])("refuses %s before anything runs", async (_, plan, message) => {
    const file = await planFile({});
    await writeFile(file, typeof plan === "string" ? plan : JSON.stringify(plan));
    const result = await spikelet(["sweep", file, "--out", join(await folder(), "x")]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it("has runs of no epochs, too, whose networks are validated as they begin", async () => {
    const out = await folder();
    const plan = await planFile({ config: YIN_YANG, settings: { "training.epochs": [0] } });
    const result = await spikelet(["sweep", plan, "--out", out, "--processes", "0", "--json"]);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    const [run] = result.json();
    expect(run).toMatchObject({
      result: { epochs: 0, bestEpoch: 0, validation: { accuracy: { firstSpike: expect.any(Number) } } },
    });
  });

  it("reads the records of another version, and keeps them apart from its own", async () => {
    const out = await folder();
    const plan = await planFile({ config: YIN_YANG, settings: { "optimizer.learningRate": [0.01, 0.02] } });
    const run = () => spikelet(["sweep", plan, "--out", out, "--processes", "0", "--json"]);
    await run();
    await renamed(out, "0.0.1");
    expect(last(await spikelet(["sweep", "status", out, "--json"]))).toMatchObject({ done: 2, missing: 0, others: 0 });
    expect(last(await run())).toMatchObject({ done: 2, missing: 0, others: 2 });
    const old = await folder();
    await spikelet(["sweep", plan, "--out", old, "--processes", "0"]);
    await renamed(old, "0.0.1");
    const merge = await spikelet(["sweep", "merge", out, old]);
    expect(merge).toMatchObject({ code: 2, stderr: expect.stringMatching(/was run by Spikelet 0\.0\.1/) });
  });

  it("lists variants, uses a part of the samples, and says what is wrong with them", async () => {
    const out = await folder();
    const data = { ...YIN_YANG.data, train: 100, validation: 40, test: 30 };
    const variants = [
      { series: "antlr", settings: { rule: { type: "antlr" } } },
      { series: "timing", at: "by count", settings: { rule: { type: "timing" }, bestBy: "count" } },
    ];
    const plan = await planFile({ config: { ...YIN_YANG, data }, variants, seeds: 2 });
    const result = await spikelet(["sweep", plan, "--out", out, "--processes", "1", "--json"]);
    expect(last(result), result.stderr).toMatchObject({ done: 4, failed: 0 });
    expect(result.json().map(({ settings, seed }) => [settings, seed])[1]).toEqual([
      { series: "timing", at: "by count", attempt: null },
      1,
    ]);
    for (const { result } of outcomes(out) as RunRecord[]) expect(result?.data).toMatchObject({ train: 100, test: 30 });
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("timing, by count");
    for (const [wrong, message] of [
      [{ train: 0 }, /data\.train: must be a whole number from 1/],
      [{ isRemembered: 1 }, /data\.isRemembered: must be true or false/],
      [{ isValidationLearnt: true }, /data\.isValidationLearnt: leaves no validation samples/],
      [{ part: 1 }, /data\.part: is unknown/],
    ] as const) {
      const refused = await planFile({ config: { ...YIN_YANG, data: { ...data, ...wrong } } });
      expect(await spikelet(["sweep", refused])).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    }
  });

  it("refuses folders of different plans", async () => {
    const plans = await Promise.all(
      [1, 2].map((epochs) => planFile({ config: YIN_YANG, settings: { "training.epochs": [epochs] } })),
    );
    const dirs = [await folder(), await folder()];
    for (const [k, plan] of plans.entries()) await spikelet(["sweep", plan, "--out", dirs[k] ?? "", "--processes", "0"]);
    const merge = await spikelet(["sweep", "merge", ...dirs]);
    expect(merge).toMatchObject({ code: 2, stderr: expect.stringMatching(/another plan/) });
  });
});

it("data in a folder beside the plan are those of the runs, wherever it lies on a machine", async () => {
  const { data, ...config } = YIN_YANG;
  const samples = (await datasets.yinYang({ samples: 60 })).encode(encode.latency({ last: 24, skipZero: false }));
  const outs: string[] = [];
  for (const shard of ["1/2", "2/2"]) {
    const dir = await folder();
    await datasets.packShards(samples, { dir: join(dir, "shards") });
    const plan = join(dir, "plan.json");
    await writeFile(plan, JSON.stringify({ config: { ...config, data: { dataset: "shards", dir: "shards" } }, seeds: 2 }));
    const out = join(dir, "out");
    const done = await spikelet(["sweep", plan, "--out", out, "--shard", shard, "--processes", "1", "--json"]);
    expect(last(done), done.stderr).toMatchObject({ done: 1, failed: 0 });
    outs.push(out);
  }
  expect(last(await spikelet(["sweep", "status", ...outs, "--json"]))).toMatchObject({ done: 2, failed: 0, missing: 0 });
});
