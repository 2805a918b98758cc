import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spikelet } from "../support/spawn-cli.js";

describe("the command line", () => {
  it("shows help and version on stdout", async () => {
    const help = await spikelet(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toMatch(/train.*evaluate.*Examples:/s);
    const train = await spikelet(["train", "--help"]);
    expect(train).toMatchObject({ code: 0, stdout: expect.stringMatching(/--resume.*Examples:\n {2}spikelet train --preset/s) });
    const nested = await spikelet(["data", "fetch", "--help"]);
    expect(nested.stdout).toMatch(/^Usage: spikelet data fetch .*Examples:\n {2}spikelet data fetch fashionMnist\n/s);
    expect(await spikelet(["help", "data", "fetch"])).toEqual(expect.objectContaining({ code: 0, stdout: nested.stdout }));
    expect(await spikelet(["help"])).toMatchObject({ code: 0, stdout: help.stdout });
    expect(await spikelet(["--version"])).toMatchObject({ code: 0, stdout: "0.1.0\n" });
  });

  it.each([
    [
      ["experiment", "yin-yang", "--quick"],
      'error "experiment" is no command of the package: experiments run in a clone of the repository, npm run experiment -- NAME; spikelet sweep runs a plan of your own\n',
    ],
    [["evalute"], 'error unknown command "evalute": did you mean evaluate?\n'],
    [["train", "--epocs", "3"], "error unknown option --epocs: did you mean --set training.epochs=VALUE?\n"],
    [["train", "--confg", "a"], "error unknown option --confg: did you mean --config?\n"],
    [["train", "--nonsense"], "error unknown option --nonsense: see --help\n"],
    [["data", "lst"], 'error unknown command "lst": did you mean list?\n'],
    [["train", "--preset", "digts"], 'error unknown preset "digts": did you mean digits?\n'],
    [["train", "--config", "digts"], "error --config digts: there is no such file; did you mean --preset digits?\n"],
    [["train", "--dataset", "mnst"], 'error unknown data set "mnst": did you mean mnist?\n'],
    [["train", "--set", "rule.type=antl"], expect.stringMatching(/got "antl"; did you mean antlr\? \(CONFIG_INVALID\)\n$/)],
    [["train", "--set", "training.epoch=5"], expect.stringMatching(/`epoch`.*; did you mean epochs\? \(CONFIG_INVALID\)\n$/)],
    [["train", "--seed", "x"], 'error --seed must be a whole number from 0, got "x"\n'],
    [["train", "--preset", "nope"], 'error unknown preset "nope": there are digits, images, mnist, signals, sparse, toy\n'],
    [["evaluate"], expect.stringMatching(/^error --checkpoint FILE is missing/)],
    [
      ["predict", "--split", "tets"],
      'error --split must be one of all, test, validation, train, got "tets"; did you mean test?\n',
    ],
    [["info", "--threads", "9999"], "error --threads: must be at most 1024, got 9999 (CONFIG_INVALID)\n"],
    [
      ["gradients", "--start", "99999"],
      expect.stringMatching(/^error --start must be below \d+, the samples of the part test, got/),
    ],
    [["info", "--backend", "gpu"], 'error --backend must be one of auto, native, wasm, got "gpu"\n'],
  ])("refuses %j with exit code 2 and one line", async (args, stderr) => {
    expect(await spikelet(args)).toMatchObject({ code: 2, stdout: "", stderr });
  });

  it("names the path of a wrong setting, with exit code 2", async () => {
    const { code, stderr } = await spikelet(["train", "--set", "network.layers[1].units=0"]);
    expect([code, stderr]).toEqual([2, "error network.layers[1].units: must be at least 1, got 0 (CONFIG_INVALID)\n"]);
    const typo = await spikelet(["train", "--set", "training.bachSize=3", "--json"]);
    expect(typo.code).toBe(2);
    expect(typo.json()).toEqual([expect.objectContaining({ type: "error", code: "CONFIG_INVALID" })]);
  });

  it("names --simd where the machine does not have it", async () => {
    const { code, json } = await spikelet(["info", "--simd", "avx9000", "--json"]);
    expect(code).toBe(1);
    expect(json()).toEqual([expect.objectContaining({ code: "SIMD_UNSUPPORTED", path: "--simd" })]);
  });

  it("takes another rule than the preset's by its type alone", async () => {
    const args = ["gradients", "--preset", "digits", "--samples", "2", "--set", "network.steps=20", "--set", "rule.type=timing"];
    expect(await spikelet(args)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^loss /),
      stderr: expect.stringMatching(/left out rule\.activationWeight, rule\.timingWeight/),
    });
  });

  it("says before training that it can't write the results", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "file");
    await writeFile(file, "");
    const { code, stderr } = await spikelet(["train", "--out", join(file, "out")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error --out: .* can't be written into /);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("says what is wrong with data and checkpoints", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    const data = await spikelet(["train", "--data", dir, "--out", dir]);
    expect(data.code).toBe(1);
    expect(data.stderr).toMatch(/must contain train-images-idx3-ubyte/);
    const checkpoint = await spikelet(["evaluate", "--checkpoint", join(dir, "none.safetensors")]);
    expect(checkpoint).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/none\.safetensors: can't be read.*CHECKPOINT_INVALID/),
    });
    await writeFile(join(dir, "bad.safetensors"), "nothing of the kind");
    const bad = await spikelet(["evaluate", "--checkpoint", join(dir, "bad.safetensors")]);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/bad\.safetensors.*CHECKPOINT_INVALID/) });
  });

  it("computes with the backend that it is told", async () => {
    expect(await spikelet(["info", "--backend", "wasm"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/backend\s+wasm: the backend option asks for it/),
    });
    expect(await spikelet(["info", "--backend", "gpu"])).toMatchObject({ code: 2, stderr: expect.stringMatching(/"gpu"/) });
  });
});

describe("spikelet info", () => {
  it("prints versions, backend, SIMD and threads", async () => {
    const { code, json } = await spikelet(["info", "--json", "--threads", "2"]);
    expect(code).toBe(0);
    expect(json()).toEqual([
      expect.objectContaining({
        version: "0.1.0",
        core: "0.1.0",
        backend: expect.objectContaining({ kind: "native", threads: 2 }),
      }),
    ]);
    const { stdout } = await spikelet(["info"]);
    expect(stdout).toMatch(
      /^spikelet +0\.1\.0 \(core 0\.1\.0\)\nbackend +native: .+\nSIMD +\S+: the widest; .+\nthreads +\d+: one for each core/,
    );
    const asked = await spikelet(["info", "--threads", "2", "--simd", "sse2"]);
    if (process.arch === "x64") expect(asked.stdout).toMatch(/SIMD +sse2: --simd asks for it.*\nthreads +2: --threads asks/);
  });

  it("prints how the errors of a configuration's layers travel, what that costs and what would be cheaper", async () => {
    const { stdout } = await spikelet(["info", "mnist"]);
    expect(stdout).toMatch(/layer 0 +\d+ units: spike gradients carried along .+\n +costs units × steps \+ units × injections/);
    expect(stdout).toMatch(/layer 1 +10 units: spike gradients from the loss; .+\n +costs units × steps\n/);
    const folder = await mkdtemp(join(tmpdir(), "spikelet-info-"));
    const file = join(folder, "deep.json");
    const dense = (units: number) => ({ type: "dense", units });
    const network = { input: 4, steps: 10, layers: [dense(3), dense(3), dense(2)] };
    await writeFile(file, JSON.stringify({ network, rule: { type: "activation" } }));
    const { json } = await spikelet(["info", file, "--json"]);
    expect(json()[0]).toMatchObject({
      layers: [
        { units: 3, plan: [{ errors: "product", cost: ["units × steps", "weights × steps"], cheaper: [expect.any(String)] }] },
        { units: 3, plan: [{ errors: "carried" }] },
        { units: 2, plan: [{ errors: "loss" }] },
      ],
    });
    const figure = join(folder, "network.svg");
    const { stdout: text } = await spikelet(["info", file, "--svg", figure]);
    expect(text).toContain("cheaper with a surrogate");
    expect(text).toMatch(/^layer +type +units +parameters\ninput +4\n0 +dense +3 +15\n/m);
    expect(await readFile(figure, "utf8")).toContain("graph of a network of 3 layers on an input of 4 units");
    expect(json()[0]).toMatchObject({ outline: { input: [4], layers: [{ name: "layer 0", parameters: 15 }, {}, {}] } });
    await rm(folder, { recursive: true });
    expect(await spikelet(["info", "mnits"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean --preset mnist?"),
    });
  });
});

describe("spikelet data", () => {
  it("shows size, parts and a sample", async () => {
    const { code, json } = await spikelet(["data", "show", "--json", "--sample", "3"]);
    expect(code).toBe(0);
    expect(json()[0]).toMatchObject({ name: "digits", samples: 10_000, split: { train: 8000, validation: 1000, test: 1000 } });
    expect((await spikelet(["data", "show"])).stdout).toMatch(/^digits: .*sample 0, label 0: \d+ spikes/s);
    expect(await spikelet(["data"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/list.*fetch.*verify.*show/s) });
  });
});
