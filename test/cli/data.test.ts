import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { type DataSource, dataSource, parseDataSection } from "../../ts/cli/data.js";
import { raster } from "../../ts/cli/raster.js";
import { readLimit } from "../../ts/cli/read-limit.js";
import { readSeries } from "../../ts/datasets/from-csv.js";
import { spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { npyOf, zerosNpy } from "../support/zip.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

describe("which data", () => {
  const latency = { type: "latency", first: 0, last: 24 };

  it("are the digits unless told otherwise, and MNIST with a folder alone", () => {
    expect(dataSource({})).toEqual({ dataset: "digits", dir: null, options: {}, encoding: latency });
    expect(dataSource({ data: "/m" })).toEqual({ dataset: "mnist", dir: "/m", options: {}, encoding: latency });
    expect(dataSource({ dataset: "kmnist", data: "/k", encode: "rate:0.2" })).toEqual({
      dataset: "kmnist",
      dir: "/k",
      options: {},
      encoding: { type: "rate", max: 0.2 },
    });
    expect(dataSource({ dataset: "nmnist" }).encoding).toBeNull();
    expect(() => dataSource({ dataset: "kmist" })).toThrow("did you mean kmnist?");
    expect(() => dataSource({ dataset: "randman", data: "/r" })).toThrow("randman reads no folder: leave --data /r out");
    expect(dataSource({ dataset: "simulatedEvents", data: "/s" })).toMatchObject({ dir: "/s" });
  });

  it("are those of the run or the configuration where the command line says nothing", () => {
    const known: Partial<DataSource> = { dataset: "fashionMnist", dir: "/f", encoding: { type: "stretch", max: 3 } };
    expect(dataSource({}, known)).toEqual({ ...known, options: {} });
    expect(dataSource({ data: "/g" }, known)).toMatchObject({ dataset: "fashionMnist", dir: "/g" });
    expect(dataSource({ dataset: "digits" }, known)).toEqual(dataSource({}));
    const computed = "randman reads no folder: say with --dataset what /r holds, or leave --data out";
    expect(() => dataSource({ data: "/r" }, { dataset: "randman" })).toThrow(computed);
    expect(dataSource({ data: "/m" }, { dataset: "digits" })).toMatchObject({ dataset: "mnist", dir: "/m" });
    expect(dataSource({ data: "/a.npz" }, { dataset: "randman" })).toMatchObject({ dataset: "npz", dir: "/a.npz" });
    // As a run of an earlier version left it.
    expect(dataSource({}, { dir: "/m", encoding: { type: "latency" } })).toMatchObject({ dataset: "mnist", dir: "/m" });
  });

  it.each([
    [[], "data"],
    [{ set: "digits" }, "data.set"],
    [{ dataset: "imagenet" }, "data.dataset"],
    [{ dir: 3 }, "data.dir"],
    [{ options: [] }, "data.options"],
    [{ encoding: "latency" }, "data.encoding"],
  ])("in a configuration are not %j", (section, path) => {
    expect(() => parseDataSection(section, ".")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path }));
  });
});

describe("spikelet train on a data set by name", () => {
  it("takes it from the configuration, and evaluate finds it again", async () => {
    const dir = await folder();
    const config = {
      data: { dataset: "yinYang", options: { samples: 700, seed: 5 }, encoding: { type: "latency", last: 30, skipZero: false } },
      network: {
        input: 5,
        steps: 60,
        layers: [
          { type: "dense", units: 40 },
          { type: "dense", units: 3 },
        ],
      },
      loss: { type: "latency", inverseTemperature: 0.5 },
      training: { epochs: 2, batchSize: 16 },
    };
    await writeFile(join(dir, "yin-yang.json"), JSON.stringify(config));
    const out = join(dir, "out");
    const train = await spikelet(["train", "--config", join(dir, "yin-yang.json"), "--out", out, "--json"]);
    expect(train).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("500 samples, 100 for validation, 100 for the test"),
    });
    const report = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    expect(report.data).toEqual({ ...config.data, dir: null });
    expect(report.config.data).toBeUndefined();
    const evaluate = await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json"]);
    expect(evaluate.json()[0]).toMatchObject({ test: report.test });
  });

  it("gives the spikes as many steps as the network has", async () => {
    const out = await folder();
    const settings = ["network.input=20", "network.steps=50", "network.layers[0].units=20", "training.epochs=1"];
    const options = ["data.options.samplesPerClass=20"];
    const args = [...settings, ...options].flatMap((setting) => ["--set", setting]);
    expect(await spikelet(["train", "--preset", "digits", "--dataset", "randman", ...args, "--out", out])).toMatchObject({
      code: 0,
    });
  });

  it("names the option that is wrong, and what to do where the files are missing", async () => {
    const out = await folder();
    const args = ["train", "--out", out, "--set", "data.dataset=randman", "--set", "data.options.units=0"];
    expect(await spikelet(args)).toMatchObject({
      code: 2,
      stderr: "error data.options.units: must be at least 1, got 0 (CONFIG_INVALID)\n",
    });
    expect(await spikelet([...args, "--set", "data.options.backend=wasm"])).toMatchObject({
      code: 2,
      stderr: "error data.options.backend: is no option of a data set (CONFIG_INVALID)\n",
    });
    const cache = { XDG_CACHE_HOME: out };
    const unfetched = await spawnSpikelet(["data", "show", "kmnist"], undefined, cache);
    const where = "--data PATH, or --dir PATH with spikelet data";
    expect(unfetched.stderr).toContain(
      `kmnist: is not in ${join(out, "spikelet", "kmnist")}: spikelet data fetch kmnist, or ${where}`,
    );
    for (const name of ["npz", "shards"]) {
      const nowhere = await spawnSpikelet(["data", "show", name], undefined, cache);
      expect(nowhere).toMatchObject({ code: 1, stderr: `error ${name}: is read from where you say: ${where} (DATA_FORMAT)\n` });
    }
    const missing = await spikelet(["data", "show", "kmnist", "--dir", join(out, "none")]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("is not a folder that can be read") });
  });
});

describe("data of one's own", () => {
  const LINES = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? `${k},1,low` : `${k},9,high`));
  const TABLE = ["a,b,kind", ...LINES].join("\n");

  it("are known by what a place holds", async () => {
    const dir = await folder();
    for (const file of ["photos/cat/a.png", "parts/train/cat/a.jpg", "words/yes/a.wav"]) {
      await mkdir(join(dir, file, ".."), { recursive: true });
      await writeFile(join(dir, file), "");
    }
    const kinds = { photos: "images", parts: "images", words: "sounds", "t.csv": "table", none: "mnist" };
    for (const [place, dataset] of Object.entries(kinds)) {
      expect(dataSource({ data: join(dir, place) })).toMatchObject({ dataset, dir: join(dir, place) });
    }
    expect(dataSource({ data: "t.csv", dataset: "series" }).encoding).toMatchObject({ type: "delta" });
  });

  it("train from a table, and answers have the names of its classes", async () => {
    const dir = await folder();
    const network = {
      input: 2,
      steps: 40,
      layers: [{ type: "dense", units: 2 }],
      neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
    };
    const initialActivity = { spikesPerUnit: 1, samples: 32, tolerance: 0.3 };
    const training = { epochs: 20, batchSize: 4, initialActivity };
    const config = { network, loss: { type: "count", positive: 4 }, optimizer: { type: "adam", learningRate: 0.03 }, training };
    const [file, out] = [join(dir, "t.csv"), join(dir, "out")];
    await writeFile(file, TABLE);
    await writeFile(join(dir, "c.json"), JSON.stringify(config));
    const trained = await spikelet(["train", "--config", join(dir, "c.json"), "--data", file, "--out", out, "--json"]);
    expect(trained.code, trained.stderr).toBe(0);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("low");
    const answers = (
      await spikelet(["predict", "--checkpoint", join(out, "best.safetensors"), "--samples", "4", "--json"])
    ).json();
    expect(answers).toHaveLength(4);
    for (const { name, class: decided, byCount, spikes } of answers) {
      expect(decided).toBe(byCount);
      expect(name).toBe(["high", "low"][decided as number]);
      expect((spikes as number[])[0]).toBeGreaterThan(0);
    }
    // Another table, in which 9 is the lowest number of its column: it is as high as it was in training.
    const other = join(dir, "other.csv");
    await writeFile(other, TABLE.replaceAll(",1,low", ",17,low"));
    const checkpoint = join(out, "best.safetensors");
    const elsewhere = await spikelet(["predict", "--checkpoint", checkpoint, "--data", other, "--samples", "4", "--json"]);
    const high = elsewhere.json().filter(({ label }) => label === 0);
    expect(high.length).toBeGreaterThan(0);
    for (const { name } of high) expect(name).toBe("high");
    const evaluated = await spikelet(["evaluate", "--checkpoint", checkpoint, "--data", other, "--json"]);
    expect(evaluated.json()[0]).toMatchObject({ data: { options: { ranges: [expect.any(Array), [1, 9]] } } });
  });

  describe("that a checkpoint was not trained on", () => {
    let dir: string;
    const at = (name: string) => join(dir, name);
    const put = (name: string, lines: readonly string[]) => writeFile(at(name), lines.join("\n"));
    const run = (command: "evaluate" | "predict", ...args: string[]) =>
      spikelet([command, "--checkpoint", at("out/best.safetensors"), "--json", ...args]);
    const samplesIn = async (...args: string[]) => {
      const [report = {}] = (await run("evaluate", ...args)).json();
      const [part] = Object.keys(report);
      return [part, (report[part ?? ""] as { samples: number }).samples];
    };

    beforeAll(async () => {
      dir = await folder();
      await put("t.csv", ["a,b,kind", ...LINES]);
      await put("copy.csv", ["a,b,kind", ...LINES]);
      await put("new.csv", ["a,b,kind", ...LINES.slice(0, 20).reverse()]);
      await put("unlabelled.csv", ["a,b", ...LINES.map((line) => line.replace(/,\w+$/, ""))]);
      await put("gaps.csv", ["a,b,kind", "0,9,", "1,1,low"]);
      await put("low.csv", ["a,b,kind", "2,1,low", "4,1,low"]);
      const network = { input: 2, steps: 20, layers: [{ type: "dense", units: 2 }], neuron: { membraneDecay: 0.9 } };
      await writeFile(at("c.json"), JSON.stringify({ network, loss: { type: "count" }, training: { epochs: 1 } }));
      const trained = await spikelet(["train", "--config", at("c.json"), "--data", at("t.csv"), "--out", at("out")]);
      expect(trained.code, trained.stderr).toBe(0);
    });

    it("are evaluated as a whole, those that it was trained on by the test part, wherever they lie", async () => {
      expect(await samplesIn("--data", at("new.csv"))).toEqual(["all", 20]);
      expect(await run("evaluate", "--data", at("new.csv"))).toMatchObject({
        stderr: `${at("new.csv")}: all 20 samples, on which the checkpoint was not trained\n`,
      });
      expect(await samplesIn("--data", at("new.csv"), "--split", "test")).toEqual(["test", 2]);
      for (const name of ["t.csv", "copy.csv"]) expect(await samplesIn("--data", at(name))).toEqual(["test", 4]);
      expect(await samplesIn("--data", at("copy.csv"), "--encode", "latency:0:9")).toEqual(["test", 4]);
      expect(await samplesIn()).toEqual(["test", 4]);
      expect(await samplesIn("--split", "all")).toEqual(["all", 40]);
    });

    it("have the classes of the network, also where one of these does not occur", async () => {
      expect(await samplesIn("--data", at("low.csv"))).toEqual(["all", 2]);
      expect((await run("predict", "--data", at("low.csv"))).json()).toMatchObject([{ label: 1 }, { label: 1 }]);
    });

    it("are answered in their order, with or without labels", async () => {
      const labelled = (await run("predict", "--data", at("t.csv"), "--split", "all", "--samples", "40")).json();
      expect(labelled.map(({ label }) => label)).toEqual(LINES.map((line) => (line.endsWith("low") ? 1 : 0)));
      const unlabelled = (await run("predict", "--data", at("unlabelled.csv"), "--samples", "40")).json();
      expect(unlabelled).toEqual(labelled.map((answer) => ({ ...answer, label: null })));
      expect((await run("predict", "--data", at("gaps.csv"))).json()).toMatchObject([{ label: null }, { label: null }]);
      expect(await run("evaluate", "--data", at("unlabelled.csv"))).toMatchObject({ code: 1 });
    });
  });

  it("are signals without labels too", async () => {
    const options = { channels: ["x"], sample: "take", label: "kind", classes: ["a", "b"] };
    for (const content of ["take,x\n1,0\n1,1\n2,0", "take,x,kind\n1,0,\n1,1,\n2,0,"]) {
      const data = await readSeries(content, options, { areLabelsOptional: true });
      expect([data.length, data.labels]).toEqual([2, undefined]);
      await expect(readSeries(content, options)).rejects.toMatchObject({ code: "DATA_FORMAT" });
    }
  });

  it("are refused with the file and the line", async () => {
    const dir = await folder();
    const file = join(dir, "t.csv");
    await writeFile(file, "a,kind\n1,x\ntwo,y\n");
    const shown = await spikelet(["data", "show", "table", "--dir", file]);
    expect(shown).toMatchObject({
      code: 1,
      stderr: `error ${file}: table, line 3: a: must be a number, got "two" (DATA_FORMAT)\n`,
    });
  });
});

describe("spikelet data show", () => {
  it("draws a sample of events", async () => {
    const dir = await folder();
    for (const part of ["Train", "Test"]) {
      for (let label = 0; label < 10; label++) await mkdir(join(dir, part, String(label)), { recursive: true });
      await writeFile(join(dir, part, "3", "00001.bin"), Uint8Array.of(5, 6, 0x80, 0, 0, 33, 0, 0x04, 0x93, 0xdf));
    }
    const [report] = (await spikelet(["data", "show", "nmnist", "--dir", dir, "--json"])).json();
    expect(report).toMatchObject({
      name: "nmnist",
      samples: 2,
      shape: [2, 34, 34],
      split: { train: 1, validation: 0, test: 1 },
      sample: { label: 3, spikes: 2, first: 0, last: 299 },
    });
    const shown = (await spikelet(["data", "show", "nmnist", "--dir", dir])).stdout.split("\n");
    expect(shown[2 + 6]).toBe(`${"  ".repeat(5)}@@`);
    expect(shown.at(-2)).toMatch(/^step 0 +299$/);
  });

  it("refuses a class that can't be meant", async () => {
    const file = join(await folder(), "labels.npz");
    const labels = npyOf(Uint8Array.of(0, 0x28, 0x6b, 0xee), "<u4");
    await writeFile(file, zipSync({ "times.npy": zerosNpy(1), "units.npy": zerosNpy(1), "labels.npy": labels }));
    expect(await spikelet(["data", "show", "npz", "--dir", file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("must be below 16777216, got 4000000000"),
    });
  });

  it("takes options of a drawn set", async () => {
    const args = ["data", "show", "yinYang", "--set", "options.samples=70", "--encode", "latency:0:9", "--json"];
    expect((await spikelet(args)).json()[0]).toMatchObject({ samples: 70, sample: { spikes: 5 } });
  });
});

describe("--max-memory", () => {
  it("allows a file more memory than its size justifies", async () => {
    const file = join(await folder(), "events.npz");
    const times = zerosNpy(70_000_000);
    await writeFile(file, zipSync({ "times.npy": times, "units.npy": times }));
    const show = ["data", "show", "npz", "--dir", file, "--json"];
    expect(await spikelet(show)).toMatchObject({ code: 1, stderr: expect.stringMatching(/times\.npy|units\.npy.*--max-memory/) });
    expect((await spikelet([...show, "--max-memory", "0.2GB"])).json()[0]).toMatchObject({ samples: 1 });
    expect(await spikelet([...show, "--max-memory", "much"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("512MB"),
    });
  });

  it.each([
    ["1000", 1000],
    ["512MB", 512e6],
    ["2.5 gb", 2.5e9],
  ])("reads %s", (text, maxBytes) => {
    expect(readLimit({ "max-memory": text })).toEqual({ maxBytes });
  });
});

describe("a raster", () => {
  it("has a dot for each spike", () => {
    const train = { times: [0, 1, 7, 7], units: [0, 3, 4, 7] };
    expect(raster(train, { units: 8, steps: 8, width: 4, height: 2 })).toEqual([
      "┌────┐ unit 0",
      "│⢁⠀⠀⠀│",
      "│⠀⠀⠀⢈│",
      "└────┘ unit 7",
      "step 0 7",
    ]);
  });

  it("lets near spikes fall together", () => {
    const train = { times: [0, 299, 150], units: [0, 2311, 1156] };
    const lines = raster(train, { units: 2312, steps: 300 });
    expect(lines).toHaveLength(1 + 16 + 2);
    expect(
      lines
        .slice(1, -2)
        .join("")
        .match(/[\u2801-\u28ff]/g),
    ).toHaveLength(3);
  });
});
