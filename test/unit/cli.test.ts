import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../../ts/cli/app.js";
import { wholeNumber } from "../../ts/cli/arguments.js";
import { openTrainer } from "../../ts/cli/checkpoint.js";
import { parse } from "../../ts/cli/command.js";
import { answerLine } from "../../ts/cli/commands/predict.js";
import { reportResumable } from "../../ts/cli/commands/train.js";
import { readConfiguration } from "../../ts/cli/configuration.js";
import { parseEncoding } from "../../ts/cli/encoding.js";
import { exitCodeOf, Interrupted, UsageError } from "../../ts/cli/exit.js";
import { configOptions, outputOptions } from "../../ts/cli/options.js";
import { applySetting } from "../../ts/cli/setting.js";
import { CheckpointPace } from "../../ts/cli/train/checkpoint-pace.js";
import { History } from "../../ts/cli/train/history.js";
import { filesIn, openOutput } from "../../ts/cli/train/output.js";
import { ProgressView } from "../../ts/cli/train/progress.js";
import { epochsToResume } from "../../ts/cli/train/start.js";
import { closest } from "../../ts/closest.js";
import type { Decision } from "../../ts/decisions.js";
import { SpikeletError } from "../../ts/errors.js";
import type { EpochEndEvent } from "../../ts/events.js";
import type { Json } from "../../ts/json.js";

describe("--set", () => {
  const changed = (setting: string, config: { [key: string]: Json } = {}) => {
    applySetting(config, setting);
    return config;
  };

  it("reads JSON values and plain words", () => {
    expect(changed("training.epochs=5")).toEqual({ training: { epochs: 5 } });
    expect(changed("training.threads=auto")).toEqual({ training: { threads: "auto" } });
    expect(changed("training.gradientClip=null")).toEqual({ training: { gradientClip: null } });
    expect(changed('rule={"type":"timing"}', { rule: { type: "antlr" } })).toEqual({ rule: { type: "timing" } });
  });

  it("has the whole value behind the first equals sign, also for a training that continues", () => {
    expect(changed("data.name=a=b")).toEqual({ data: { name: "a=b" } });
    expect(epochsToResume(["training.epochs=5"])).toBe(5);
    expect(() => epochsToResume(["training.epochs=5=6"])).toThrow(UsageError);
  });

  it("reaches into lists", () => {
    const config = { network: { layers: [{ type: "dense", units: 8 }] } };
    expect(changed("network.layers[0].units=9", config)).toEqual({ network: { layers: [{ type: "dense", units: 9 }] } });
    expect(changed("network.layers[1].units=2", { network: { layers: [1] } })).toEqual({
      network: { layers: [1, { units: 2 }] },
    });
  });

  it("of another type leaves out what that does not have, and says so", () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const rule = { type: "antlr", activationWeight: 1, timingWeight: 1, surrogate: { type: "exponential", scale: 2 } };
    expect(changed("rule.type=timing", { rule: { ...rule } })).toEqual({ rule: { type: "timing" } });
    expect(said).toHaveBeenLastCalledWith(
      "--set rule.type=timing: left out rule.activationWeight, rule.timingWeight, rule.surrogate, which it does not have\n",
    );
    expect(changed("rule.type=activation", { rule: { ...rule } })).toEqual({
      rule: { type: "activation", surrogate: rule.surrogate },
    });
    expect(
      changed("rule.surrogate.type=triangle", { rule: { ...rule, surrogate: { type: "exponential", sharpness: 2 } } }),
    ).toEqual({
      rule: { ...rule, surrogate: { type: "triangle" } },
    });
    const layers = [{ type: "conv2d", channels: 8, kernel: 3 }];
    expect(changed("network.layers[0].type=avgPool2d", { network: { layers } })).toEqual({
      network: { layers: [{ type: "avgPool2d" }] },
    });
    expect(changed("loss.type=count", { loss: { type: "count", positive: 3 } })).toEqual({
      loss: { type: "count", positive: 3 },
    });
    expect(said).toHaveBeenCalledTimes(4);
    // The core says what a type must be.
    expect(changed("rule.type=timng", { rule: { ...rule } })).toEqual({ rule: { ...rule, type: "timng" } });
    said.mockRestore();
  });

  it.each(["=3", "a", "a..b=3", "a[x]=3", "__proto__.x=1", "a[5]=1"])("refuses %s", (setting) => {
    expect(() => changed(setting, { a: [] })).toThrow(UsageError);
  });
});

describe("options", () => {
  const definition = { ...configOptions, ...outputOptions };

  it("keep every --set", () => {
    const found = parse(["--set", "a=1", "--json", "--set=b=2"], definition);
    expect(found).toEqual({ set: ["a=1", "b=2"], json: true, config: undefined, preset: undefined, seed: undefined });
    expect(parse(["--seed", "7"], definition)).toMatchObject({ seed: "7", set: [], json: false });
  });

  it("come with their defaults, places in their order", () => {
    const places = {
      plan: { type: "positional", required: true, valueHint: "PLAN.json", description: "the plan" },
      more: { type: "positional", isMany: true, valueHint: "DIR", description: "folders" },
      split: { type: "enum", options: ["test", "train"], default: "test", description: "which part" },
    } as const;
    expect(parse(["a.json"], places)).toEqual({ plan: "a.json", more: [], split: "test" });
    expect(parse(["a.json", "--split", "train", "b", "c"], places)).toEqual({ plan: "a.json", more: ["b", "c"], split: "train" });
    expect(() => parse([], places)).toThrow("PLAN.json is missing: the plan");
    expect(() => parse(["a.json", "--split", "tran"], places)).toThrow('--split must be one of test, train, got "tran"');
  });

  it.each([
    [["--confg", "x"], "unknown option --confg: did you mean --config?"],
    [["--confg=x"], "unknown option --confg: did you mean --config?"],
    [["-c", "x"], "unknown option -c: see --help"],
    [["--seed"], "--seed needs a value"],
    [["--config", "--json"], "--config needs a value"],
    [["--json=1"], "--json takes no value"],
    [["digits"], 'unexpected argument "digits": options start with --'],
  ])("refuse %j", (args, message) => {
    expect(() => parse(args, definition)).toThrow(message);
  });

  it("are checked as numbers", () => {
    expect(wholeNumber("7", "seed")).toBe(7);
    for (const text of ["", "x", "1.5", "-1"]) expect(() => wholeNumber(text, "seed")).toThrow(UsageError);
  });

  it("name encodings", () => {
    expect(parseEncoding("latency:0:99")).toEqual({ type: "latency", first: 0, last: 99 });
    expect(parseEncoding("latency")).toEqual({ type: "latency" });
    expect(parseEncoding("stretch:10:1")).toEqual({ type: "stretch", max: 10, min: 1 });
    expect(parseEncoding("rate:0.2:0:7")).toEqual({ type: "rate", max: 0.2, min: 0, seed: 7 });
    expect(parseEncoding("regular:5:50")).toEqual({ type: "regular", minInterval: 5, maxInterval: 50 });
    expect(parseEncoding("burst:4:2")).toEqual({ type: "burst", maxSpikes: 4, minInterval: 2 });
    expect(parseEncoding("direct")).toEqual({ type: "direct" });
    for (const text of ["latency:a", "stretch", "poisson:3", "latency:1:2:3", "latency::2", "direct:1:2"])
      expect(() => parseEncoding(text)).toThrow(UsageError);
  });

  it("suggest near words only", () => {
    expect(closest("evalute", ["train", "evaluate"])).toBe("evaluate");
    expect(closest("xyz", ["train", "evaluate"])).toBeUndefined();
  });
});

describe("the configuration", () => {
  it("comes from a preset, with options on top", async () => {
    const { name, config } = await readConfiguration({ preset: "digits", seed: "7" }, ["training.epochs=3"]);
    expect(name).toBe("digits");
    expect(config.training).toMatchObject({ seed: 7, epochs: 3, batchSize: 16 });
    expect(config).not.toHaveProperty("$schema");
  });

  it("is never a preset where a file was named", async () => {
    for (const file of ["mnist.json", "mnist"]) {
      const refused = readConfiguration({ config: file }, []);
      await expect(refused).rejects.toThrow(`--config ${file}: there is no such file; did you mean --preset mnist?`);
      await expect(refused).rejects.toThrow(UsageError);
    }
  });

  it("comes from a file", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "own.json");
    await writeFile(file, '{"network":{}}');
    expect(await readConfiguration({ config: file }, [])).toEqual({ data: {}, name: "own", config: { network: {} } });
    await writeFile(file, "{");
    await expect(readConfiguration({ config: file }, [])).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await writeFile(file, "[]");
    await expect(readConfiguration({ config: file }, [])).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("must exist and be one", async () => {
    await expect(readConfiguration({ config: "none.json" }, [])).rejects.toThrow(
      /no such file; presets: digits, images, mnist, signals, sparse, toy/,
    );
    await expect(readConfiguration({ preset: "digts" }, [])).rejects.toThrow(UsageError);
    await expect(readConfiguration({ preset: "digits", config: "a" }, [])).rejects.toThrow(UsageError);
  });
});

describe("exit codes", () => {
  it("tell bad usage, failure and interruption apart", () => {
    expect(exitCodeOf(new UsageError("x"))).toBe(2);
    expect(exitCodeOf(new SpikeletError("CONFIG_INVALID", "a", "b"))).toBe(2);
    expect(exitCodeOf(new SpikeletError("DATA_FORMAT", "a", "b"))).toBe(1);
    expect(exitCodeOf(new Error("x"))).toBe(1);
    expect(exitCodeOf(new Interrupted())).toBe(130);
  });
});

const metrics = (firstSpike: number): EpochEndEvent["train"] => ({
  samples: 100,
  loss: 0.5,
  lossParts: { main: 0.5, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
  accuracy: { count: 0.4, firstSpike },
  spikes: { perSample: 9, untilDecision: 5, perUnit: [1], untilDecisionPerUnit: [1], total: [9], untilDecisionTotal: [5] },
  decisionStep: { mean: 3, median: 3, min: 1 },
  silentFraction: [0],
  saturatedFraction: [0],
  firingRate: [0.1],
  synapticOperations: 10,
  synapticOperationsByLayer: [10],
});
const epochEnd = (epoch: number, firstSpike: number): EpochEndEvent => ({
  type: "epochEnd",
  epoch,
  epochs: 4,
  learningRate: 0.001,
  train: metrics(0.9),
  validation: metrics(firstSpike),
  bestEpoch: 1,
});

describe("the history", () => {
  it("has one row an epoch, and goes on after a stop", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "history.csv");
    const history = new History("a");
    const epochs = [0.5, 0.8, 0.8].map((accuracy, k) => epochEnd(k + 1, accuracy));
    for (const epoch of epochs) history.add(epoch, 2, 50);
    await writeFile(file, history.csv);
    expect(history.totals).toEqual({ epochs: 3, samples: 100, seconds: 6, samplesPerSecond: 50 });
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^epoch,learningRate,trainLoss,/);
    const resumed = await History.resume("a", epochs.slice(0, 2), [`${file}.none`, file]);
    expect(resumed.rows).toEqual(history.rows.slice(0, 2));
    const untimed = await History.resume("b", epochs, [file]);
    expect(untimed.rows[0]).toMatchObject({ epoch: 1, trainFirstSpike: 0.9, seconds: Number.NaN });
    expect(untimed.totals).toMatchObject({ epochs: 3, samples: 100, seconds: 0, samplesPerSecond: 0 });
  });
});

describe("the output folder", () => {
  it("must be one", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "file");
    await writeFile(file, "");
    await expect(openOutput(join(file, "out"))).rejects.toMatchObject({ code: "WRITE_FAILED", path: "--out" });
    using output = await openOutput(join(file, "..", "a", "b"));
    expect(output.files.history).toMatch(/history\.csv$/);
  });
});

describe("a checkpoint", () => {
  it("without a name is one that can't be read", async () => {
    const choices = { backend: "auto", signal: new AbortController().signal } as const;
    const error = { code: "CHECKPOINT_INVALID", path: "", message: expect.stringMatching(/^can't be read \(ENOENT/) };
    await expect(openTrainer("", choices)).rejects.toMatchObject(error);
  });
});

describe("spikelet data show", () => {
  afterEach(() => vi.restoreAllMocks());

  it("tells of the parts that train takes", async () => {
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(await runCli(["data", "show", "spikeTrainMatching", "--json"])).toBe(0);
    expect(JSON.parse(printed.mock.calls.join(""))).toMatchObject({ samples: 1, split: { train: 1, validation: 0, test: 1 } });
  });

  it.each([
    ["spikeTrainMatching", [], /^sample 0: \d+ spikes, steps \d+ to \d+$/m],
    ["yinYang", ["--set", "options.samples=10", "--encode", "rate:0:0:1"], /^sample 0, label \d: 0 spikes$/m],
  ])("says nothing of what a sample of %s does not have", async (name, options, line) => {
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(await runCli(["data", "show", name, ...options])).toBe(0);
    expect(printed.mock.calls.join("")).toMatch(line);
  });
});

it("an answer begins with the decision that the loss trains, and names a label only where there is one", () => {
  const answer = { sample: 3, class: 1, byFirstSpike: 1, byCount: 0, decisionStep: 7, spikes: [4, 2] };
  const line = (label: number | null, trained: Decision) => answerLine({ ...answer, label }, trained);
  expect(line(1, "firstSpike")).toBe("sample 3: 1 by first spike at step 7, 0 by count, label 1; spikes 4 + 2");
  expect(answerLine({ ...answer, label: 1, probability: 0.61234 }, "firstSpike")).toContain(
    "0 by count, probability 0.612, label 1",
  );
  expect(line(null, "count")).toBe("sample 3: 0 by count, 1 by first spike at step 7; spikes 4 + 2");
});

it("an interrupt names the checkpoint to continue from only where there is one", async () => {
  const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const events: object[] = [];
  const interrupt = () => reportResumable(new Interrupted(), filesIn(dir), (event) => events.push(event));
  interrupt();
  await writeFile(join(dir, "last.safetensors"), "");
  interrupt();
  const type = "interrupted";
  expect(events).toEqual([
    { type, checkpoint: null },
    { type, checkpoint: join(dir, "last.safetensors") },
  ]);
});

describe("the pace of checkpoints", () => {
  it("counts updates", () => {
    const pace = CheckpointPace.parse("3");
    expect([2, 3].map((update) => pace.isDue(update))).toEqual([false, true]);
    pace.saved(3);
    expect([5, 6].map((update) => pace.isDue(update))).toEqual([false, true]);
  });

  it("follows a clock of its own", () => {
    let now = 5000;
    const pace = CheckpointPace.parse("2min", () => now);
    const isDueAt = (milliseconds: number) => {
      now = milliseconds;
      return pace.isDue(1);
    };
    expect([5000, 124_999, 125_000].map(isDueAt)).toEqual([false, false, true]);
    pace.saved(1);
    expect([244_999, 245_000].map(isDueAt)).toEqual([false, true]);
  });

  it("does not follow the time of day", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const pace = CheckpointPace.parse("10min");
      vi.setSystemTime(Date.now() + 3_600_000);
      expect(pace.isDue(1)).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the progress", () => {
  afterEach(() => vi.useRealTimers());
  const written = (isTTY: boolean, columns = 120) => {
    const chunks: string[] = [];
    const stream = { isTTY, columns, write: (text: string) => chunks.push(text) > 0 };
    const view = new ProgressView(4, "firstSpike", stream as unknown as NodeJS.WriteStream);
    return { view, text: () => chunks.join("") };
  };
  const step = {
    type: "step",
    epoch: 1,
    batch: 5,
    batches: 10,
    step: 5,
    loss: 1,
    running: { samples: 50, loss: 1, accuracy: { count: 0, firstSpike: 0.5 }, spikesPerSample: 9 },
    seconds: 1,
    samplesPerSecond: 50,
  } as const;

  const drawn = async (columns: number) => {
    vi.useFakeTimers();
    const { view, text } = written(true, columns);
    vi.advanceTimersByTime(110);
    view.show(step);
    return { view, text, line: text().replace("\r", "").replace("\u{1b}[K", "") };
  };

  it("is a bar on a terminal that goes away", async () => {
    const { view, text, line } = await drawn(120);
    expect(line).toMatch(/^epoch 1\/4 \[={10} {10}\] loss 1\.000 {2}first 50\.0 %.* {2}50\/s {2}7 s left$/);
    view.show({ ...epochEnd(1, 0.75), seconds: 2, samplesPerSecond: 50 });
    expect(text()).toContain("\r\u{1b}[K");
    expect(text()).toMatch(/validation .*75\.0 %/);
  });

  it("shows all its numbers on 80 columns", async () => {
    const { line } = await drawn(80);
    expect(line.length).toBeLessThan(80);
    expect(line).toMatch(/^1\/4 \[=+ +\] loss 1\.000 first 50\.0% .* 7 s left$/);
  });

  it("is a line an epoch elsewhere", () => {
    const { view, text } = written(false);
    view.show(step);
    expect(text()).toBe("");
    view.show({ ...epochEnd(1, 0.75), seconds: 2, samplesPerSecond: 50 });
    expect(text().split("\n")).toHaveLength(2);
  });
});
