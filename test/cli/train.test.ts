import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metrics } from "spikelet";
import { describe, expect, it } from "vitest";
import { WatchedRun } from "../../ts/cli/watch/watched-run.js";
import { atOutput, importing, spawnSpikelet, spikelet } from "../support/spawn-cli.js";

/** A training that takes a second or two. */
const SMALL = ["--set", "network.layers[0].units=40", "--set", "network.steps=80", "--threads", "2"];
const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const report = (dir: string) => JSON.parse(readFileSync(join(dir, "report.json"), "utf8"));

describe("spikelet train", () => {
  it("without an epoch shows the network as it starts, with its initial activity", async () => {
    const out = await folder();
    const start = ["--set", "training.epochs=0", "--set", "training.initialActivity.spikesPerUnit=0.8"];
    const train = await spikelet(["train", ...SMALL, ...start, "--out", out, "--json"]);
    expect(train).toMatchObject({ code: 0 });
    const { perUnit } = report(out).test.spikes;
    for (const spikes of perUnit) expect(Math.abs(spikes - 0.8)).toBeLessThan(0.2);
  });

  it("leaves checkpoints, history and report, and evaluate finds the same accuracy again", async () => {
    const out = await folder();
    const train = await spikelet(["train", ...SMALL, "--set", "training.epochs=2", "--out", out, "--json"]);
    expect(train).toMatchObject({ code: 0 });
    const events = train.json();
    expect(events[0]).toMatchObject({ type: "started", backend: { kind: "native", threads: 2 } });
    expect(events.filter(({ type }) => type === "epochEnd")).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: "report", test: { samples: 1000 } });

    expect(report(out)).toMatchObject({
      test: {
        samples: 1000,
        accuracy: { count: expect.any(Number), firstSpike: expect.any(Number) },
        spikes: {
          perSample: expect.any(Number),
          untilDecision: expect.any(Number),
          perUnit: [expect.any(Number), expect.any(Number)],
        },
        decisionStep: { mean: expect.any(Number), median: expect.any(Number) },
        silentFraction: [expect.any(Number), expect.any(Number)],
        synapticOperations: expect.any(Number),
        synapticOperationsByLayer: [expect.any(Number), expect.any(Number)],
      },
      neuroBench: {
        ParameterCount: 784 * 40 + 40 + 40 * 10 + 10,
        Footprint: 4 * (784 * 40 + 40 + 40 * 10 + 10),
        ConnectionSparsity: expect.any(Number),
        ClassificationAccuracy: report(out).test.accuracy.firstSpike,
        ActivationSparsity: expect.any(Number),
        SynapticOperations: { Effective_MACs: 0, Effective_ACs: report(out).test.synapticOperations },
      },
      train: { epochs: 2, samples: 8000, seconds: expect.any(Number), samplesPerSecond: expect.any(Number) },
      backend: { kind: "native", simd: expect.any(String), threads: 2, reason: expect.any(String) },
      config: { network: { steps: 80 } },
      version: "0.1.0",
    });
    const history = (await readFile(join(out, "history.csv"), "utf8")).trim().split("\n");
    expect(history).toHaveLength(3);
    expect(report(out).test.accuracy.firstSpike).toBeGreaterThan(0.5);

    const evaluate = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json", "--threads", "1"]);
    expect(evaluate.code).toBe(0);
    expect(evaluate.json()[0]).toMatchObject({
      test: report(out).test,
      neuroBench: report(out).neuroBench,
      backend: { threads: 1 },
    });

    const early = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json", "--early-decision"]);
    const { test } = report(out);
    expect(early.json()[0]).toMatchObject({
      test: { accuracy: { firstSpike: test.accuracy.firstSpike }, decisionStep: test.decisionStep },
      warnings: [],
    });
    expect(early.json()[0]).toMatchObject({
      test: { spikes: { perSample: test.spikes.untilDecision } },
      earlyDecision: true,
    });

    const beyond = await spikelet(["predict", "--checkpoint", join(out, "best.safetensors"), "--start", "99999"]);
    expect(beyond).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error --start must be below \d+, the samples of/) });
    const predict = await spikelet(["predict", "--checkpoint", join(out, "best.safetensors"), "--samples", "3", "--json"]);
    expect(predict.json().map(({ sample }) => sample)).toEqual([0, 1, 2]);

    const gradients = await spikelet(["gradients", "--checkpoint", join(out, "best.safetensors"), "--samples", "4", "--json"]);
    const learnt = ["--preset", "toy", "--set", 'network.neuron.learn=["threshold"]'];
    const ofLearnt = await spikelet(["gradients", ...learnt, "--json", "--arrays"]);
    expect(ofLearnt.json()[0], ofLearnt.stderr).toMatchObject({ layers: [{ learnt: { threshold: { length: 1 } } }, {}] });
    expect(gradients.json()[0]).toMatchObject({
      samples: 4,
      layers: [
        { inputs: 784, units: 40 },
        { inputs: 40, units: 10 },
      ],
    });
  });

  it("learns the preset toy without further options", async () => {
    const out = await folder();
    const { code, stderr, ...printed } = await spikelet([
      "train",
      "--preset",
      "toy",
      "--set",
      "training.epochs=20",
      "--out",
      out,
      "--json",
    ]);
    expect(code, stderr).toBe(0);
    const { test } = printed.json().at(-1) ?? {};
    const { accuracy, spikes } = test as Pick<Metrics, "accuracy" | "spikes">;
    expect(accuracy.decision).toBeGreaterThan(0.6);
    expect(spikes.perSample).toBeGreaterThan(10);
  });

  it("ends with the result on stdout and a line an epoch on stderr", async () => {
    const out = await folder();
    const { code, stdout, stderr } = await spikelet(["train", ...SMALL, "--set", "training.epochs=1", "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/test accuracy {2}\d+\.\d % by first spike, \d+\.\d % by count/);
    expect(stdout).toMatch(/spikes +\d+\.\d per sample/);
    expect(stdout).toContain(join(out, "best.safetensors"));
    expect(stderr).toMatch(/epoch 1\/1/);
  });

  it("warns in words, as events and in the report", async () => {
    const out = await folder();
    const silent = [...SMALL, "--set", "network.neuron.threshold=100", "--set", "training.epochs=1", "--out", out];
    const json = await spikelet(["train", ...silent, "--json"]);
    const warning = { epoch: 1, code: "SILENT_NETWORK", layer: null, message: expect.any(String), advice: expect.any(String) };
    expect(json.json().filter(({ type }) => type === "warning")).toEqual([expect.objectContaining(warning)]);
    expect(json.stderr).toMatch(/^warning no unit fires.*\n +set `training\.silentUnitUpdate\.rules` to "all"/m);
    expect(report(out).warnings).toEqual([{ type: "warning", ...warning }]);
    const evaluate = await spikelet(["evaluate", "--checkpoint", join(out, "last.safetensors"), "--json"]);
    expect(evaluate.json()[0]).toMatchObject({ warnings: [{ code: "SILENT_LAYER", layer: 0 }] });

    const more = ["train", "--resume", "--set", "training.epochs=2"];
    expect(await spikelet([...more, "--out", out])).toMatchObject({ code: 0 });
    const elsewhere = await folder();
    const from = ["--checkpoint", join(out, "last.safetensors"), "--set", "training.epochs=3", "--out", elsewhere];
    expect(await spikelet(["train", "--resume", ...from])).toMatchObject({ code: 0 });
    expect(report(out).warnings, "of the epoch before, too").toEqual([{ type: "warning", ...warning }]);
    const flat = expect.objectContaining({ code: "FLAT_LOSS", epoch: 3 });
    expect(report(elsewhere).warnings).toEqual([...report(out).warnings, flat]);
    const { warnings } = await new WatchedRun(elsewhere).read();
    expect(warnings).toEqual(report(elsewhere).warnings);
  });

  it("leaves a checkpoint at Ctrl-C, and goes on from it as if it had never stopped", async () => {
    const epochs = ["--set", "training.epochs=3"];
    const [whole, stopped] = [await folder(), await folder()];
    expect(await spikelet(["train", ...SMALL, ...epochs, "--out", whole])).toMatchObject({ code: 0 });

    const args = ["train", ...SMALL, ...epochs, "--out", stopped, "--json"];
    const first = await spawnSpikelet(args, undefined, atOutput('"type":"epochEnd"', "kill -INT $PID"));
    expect(first.code).toBe(130);
    expect(first.json().at(-2)).toMatchObject({ type: "interrupted", checkpoint: join(stopped, "last.safetensors") });
    expect(first.stderr).toMatch(/--resume/);

    expect(await spikelet(["train", "--resume", "--out", stopped])).toMatchObject({ code: 0 });
    const [a, b] = [report(whole), report(stopped)];
    expect(b.test).toEqual(a.test);
    expect(b.best).toEqual(a.best);
    expect(readFileSync(join(stopped, "last.safetensors"))).toEqual(readFileSync(join(whole, "last.safetensors")));
    const column = (dir: string) =>
      readFileSync(join(dir, "history.csv"), "utf8")
        .split("\n")
        .map((line) => line.split(",").slice(0, 10));
    expect(column(stopped)).toEqual(column(whole));
  });

  it("shifts the images of a preset by one setting", async () => {
    const out = await folder();
    const shifted = ["--set", "training.epochs=1", "--set", "training.augmentation.shift=1", "--out", out];
    expect(await spikelet(["train", "--preset", "mnist", "--dataset", "digits", ...SMALL, ...shifted])).toMatchObject({
      code: 0,
    });
    expect(report(out).config.training.augmentation).toMatchObject({ shift: 1, image: [1, 28, 28] });
    expect(report(out).test.accuracy.firstSpike).toBeGreaterThan(0.5);

    const flat = await spikelet(["train", ...SMALL, ...shifted, "--set", "training.augmentation.image=null"]);
    expect(flat).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("training.augmentation.shift: needs to know the image"),
    });
  });

  it("ends at once at a second Ctrl-C", async () => {
    const out = await folder();
    const unfinished = () =>
      readdirSync(out, { recursive: true }).filter((name) => /last\.safetensors\.[0-9a-f]{16}$/.test(`${name}`));
    let [isPressed, wasAboutToWrite] = [false, false];
    let presses: NodeJS.Timeout | undefined;
    const press = (child: ChildProcess, stdout: string) => {
      if (!isPressed && stdout.includes('"started"')) isPressed = child.kill("SIGINT");
      if (presses !== undefined || !stdout.includes("stuck")) return;
      wasAboutToWrite = unfinished().length === 1;
      // Again and again, since one that comes right after the first counts as the same.
      presses = setInterval(() => child.kill("SIGINT"), 50);
    };
    // The first one waits for a checkpoint, which never gets its name.
    const { code, signal } = await spawnSpikelet(["train", ...SMALL, "--out", out, "--json"], press, {
      NODE_OPTIONS: importing("stuck-rename.mjs"),
    });
    clearInterval(presses);
    // The signal itself, where the process was busy with another file: 130 for a shell too.
    expect(code ?? signal).toBeOneOf([130, "SIGINT"]);
    expect(wasAboutToWrite, "a checkpoint without its name").toBe(true);
  });

  it("takes the configuration of the checkpoint when it resumes", async () => {
    const out = await folder();
    expect(await spikelet(["train", "--resume", "--seed", "3", "--out", out])).toMatchObject({ code: 2 });
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CHECKPOINT_INVALID/),
    });
  });
});
