import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildResearch } from "../../research/build.mjs";
import { packStudy } from "../../ts/study/store/packed.node.js";
import { runProgram, spikelet } from "../support/spawn-cli.js";
import { outcomes } from "../sweep/outcomes.js";

const TINY = ["yin-yang", "--quick", "--set", "training.epochs=2", "--set", "network.steps=60", "--threads", "1"];
const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

const { main } = await buildResearch();
const experiment = (args: string[], ...more: OnOutputAndEnvironment) => runProgram(main, args, ...more);
type OnOutputAndEnvironment = [onOutput?: Parameters<typeof runProgram>[2], env?: Record<string, string>];

describe("npm run experiment", () => {
  it("leaves records, tables, figures and a page, and runs nothing twice", async () => {
    const out = await folder();
    const first = await experiment([...TINY, "--seeds", "1", "--out", out, "--processes", "1"]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toMatch(/mixture, seed 1 {2}epoch 2\/2 {2}loss \d/);
    expect(first.stderr).toMatch(/4\/4 mixture, seed 1 {2}test \d+\.\d % by first spike/);
    expect(first.stdout).toMatch(/^4 done, 0 failed, 0 missing\nvariant +test accuracy by first spike, %/);
    expect(first.stdout).toContain(join(out, "report.html"));
    expect(readdirSync(join(out, "runs"))).toHaveLength(4);
    expect(readdirSync(out).sort()).toEqual([
      "1-spread.svg",
      "2-epochs.svg",
      "3-scatter.svg",
      "report.html",
      "results.csv",
      "results.ndjson",
      "runs",
      "study.json",
      "summary.csv",
    ]);
    const results = () =>
      readFileSync(join(out, "results.ndjson"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const before = results();
    expect(before).toMatchObject([{ settings: { series: "activation" }, seed: 1 }, {}, {}, {}]);
    const study = JSON.parse(readFileSync(join(out, "study.json"), "utf8"));
    expect(study.plan.report).toMatchObject({ title: expect.stringContaining("Yin-Yang"), isQuick: true });

    const second = await experiment([...TINY, "--seeds", "1,2", "--out", out, "--json"]);
    expect(second.code).toBe(0);
    const ran = second.json().filter(({ type }) => type === "run");
    expect(ran.map(({ seed }) => seed)).toEqual([2, 2, 2, 2]);
    const page = join(out, "report.html");
    expect(second.json().at(-1)).toMatchObject({ type: "experiment", done: 8, failed: 0, missing: 0, others: 0, page });
    expect(results().slice(0, 4)).toEqual(before);
  });

  it("runs some of the series", async () => {
    const args = [...TINY, "--seeds", "1", "--out", await folder(), "--json"];
    const { code, json } = await experiment([...args, "--only", "antlr,timing"]);
    expect(code).toBe(0);
    const ran = json().filter(({ type }) => type === "run") as unknown as { settings: { series: string } }[];
    expect(ran.map(({ settings }) => settings.series).sort()).toEqual(["antlr", "timing"]);
    expect(await experiment([...args, "--only", "antler"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unknown series "antler": there are activation'),
    });
  });

  it("in two parts of an array on two machines, merged, is the one of a single process", async () => {
    const [whole, first, second, merged] = await Promise.all([folder(), folder(), folder(), folder()]);
    const args = [...TINY, "--seeds", "2"];
    expect((await experiment([...args, "--out", whole, "--processes", "0"])).code).toBe(0);
    for (const [k, out] of [first, second].entries()) {
      const env = { SLURM_ARRAY_TASK_ID: String(k + 1), SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "2" };
      const part = await experiment([...args, "--out", out, "--shard", "auto", "--processes", "2"], undefined, env);
      expect(part, part.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("4 done, 0 failed, 4 missing") });
    }
    const merge = await spikelet(["sweep", "merge", first, second, "--out", merged, "--json"]);
    expect(merge.json().at(-1)).toMatchObject({ done: 8, failed: 0, missing: 0, others: 0 });
    expect(outcomes(merged)).toEqual(outcomes(whole));
    expect(readFileSync(join(merged, "report.html"), "utf8")).toContain("yin-yang: the Yin-Yang figure");
  });

  it("keeps what is finished at Ctrl-C, and does again what is damaged", async () => {
    const out = await folder();
    const one = [...TINY, "--seeds", "1", "--only", "timing", "--out", out, "--json"];
    expect((await experiment(one)).code).toBe(0);
    const finished = readdirSync(join(out, "runs"));
    expect(finished).toHaveLength(1);
    let isSent = false;
    // A training that can't be over when the signal comes.
    const { code, stderr } = await experiment([...one, "--set", "training.epochs=1000000"], (child, stdout) => {
      if (isSent || !stdout.includes('"epoch"')) return;
      isSent = true;
      child.kill("SIGINT");
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/stopped: the same command continues/);
    expect(readdirSync(join(out, "runs"))).toEqual(finished);
    for (const damage of ["", "{}", "[".repeat(1e5), '{"id":1}']) {
      writeFileSync(join(out, "runs", finished[0] ?? ""), damage);
      const repaired = await experiment(one);
      expect(repaired).toMatchObject({ code: 0, stderr: expect.stringMatching(/the run is done again/) });
      expect(repaired.json().at(-1)).toMatchObject({ type: "experiment", done: 1, damaged: [] });
    }
    expect((await experiment(one)).json().map(({ type }) => type)).toEqual(["experiment"]);
  });

  it("searches the settings of each variant, then runs its seeds, and goes on from the records of both", async () => {
    const out = await folder();
    const args = ["verdict", "--quick", "--only", "timing", "--seeds", "2", "--set", "training.epochs=1", "--out", out];
    const first = await experiment([...args, "--processes", "0", "--threads", "1"]);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stderr).toMatch(/timing, latency: chosen by validation \{"optimizer.learningRate":0/);
    expect(readdirSync(join(out, "search", "timing-latency", "runs"))).toHaveLength(6);
    // Two seeds of it, and two of what the authors did, which is not searched.
    expect(readdirSync(join(out, "runs"))).toHaveLength(4);
    const again = await experiment([...args, "--json"]);
    expect(again.json().map(({ type }) => type)).toEqual(["experiment", "experiment", "experiment"]);
    expect(again.json().at(-1)).toMatchObject({ done: 4, missing: 0, others: 0 });
    const packed = join(await folder(), "packed.ndjson");
    await packStudy(out, packed);
    const elsewhere = [...args.slice(0, -1), await folder(), "--from", packed, "--json"];
    const continued = (await experiment(elsewhere)).json();
    expect(continued.map(({ type }) => type)).toEqual(["experiment", "experiment", "experiment"]);
    expect(continued.at(-1)).toMatchObject({ done: 4, missing: 0, others: 0 });
  });

  it("refuses one folder for two data sets", async () => {
    const message = "--data names one folder, but the plan reads mnist and fashionMnist: spikelet data fetch mnist";
    const asked = await experiment(["training-settings", "--data", "anywhere"]);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it("lists what there is, with an example each, and suggests names", async () => {
    const list = await experiment(["--list", "--json"]);
    const { experiments, questions } = JSON.parse(list.stdout) as Record<string, { name?: string; question?: string }[]>;
    expect(questions?.length).toBeGreaterThan(20);
    const example = "npm run experiment -- yin-yang --quick";
    expect(experiments?.find(({ name }) => name === "yin-yang")).toMatchObject({ example });
    expect(await experiment(["yin-yan"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unknown experiment "yin-yan": there are verdict'),
    });
    const many = ["yin-yang", "--seeds", "1000000000"];
    expect(await experiment(many)).toMatchObject({ code: 2, stderr: expect.stringContaining("at most 10000, got 1000000000") });
    expect(await experiment([])).toMatchObject({ code: 2, stderr: expect.stringContaining("which experiment?") });
  });
});
