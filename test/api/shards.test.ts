import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Config,
  createTrainer,
  datasets,
  encode,
  restoreTrainer,
  type SpikeDataset,
  SpikeEvents,
  type Trainer,
} from "spikelet";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { inChild } from "../support/child-memory.js";

let root = "";
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "spikelet-shards-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const folder = () => join(root, `set-${made++}`);

const STEPS = 20;
const INPUTS = 12;

/** Spikes of as many samples, of different lengths and one of them without any. */
function trains(samples: number, units: number, seed = 1): SpikeEvents {
  return SpikeEvents.fromTrains(
    Array.from({ length: samples }, (_, k) => {
      const count = k === 3 ? 0 : 5 + ((7 * k + seed) % 11);
      const pairs = Array.from(
        { length: count },
        (_, e) => [Math.floor((e * STEPS) / count), (5 * e + k * seed) % units] as const,
      );
      return { times: pairs.map(([time]) => time), units: pairs.map(([, unit]) => unit) };
    }),
  );
}

const labels = (samples: number, classes = 3) => Uint32Array.from({ length: samples }, (_, k) => (k * 5 + (k >> 2)) % classes);

function images(samples: number): Uint8Array {
  return Uint8Array.from({ length: samples * INPUTS }, (_, k) => (k * 37 + (k >> 3) * 11) % 256);
}

function signals(samples: number): Float32Array[][] {
  return Array.from({ length: samples }, (_, k) =>
    [0, 1].map((channel) => Float32Array.from({ length: 15 + (k % 4) }, (_, t) => Math.sin(0.3 * t * (channel + 1) + k))),
  );
}

async function packed(data: SpikeDataset, samplesPerShard = 7): Promise<SpikeDataset> {
  const dir = folder();
  await datasets.packShards(data, { dir, samplesPerShard });
  return datasets.shards({ dir });
}

const network = (input: number, layers = [8, 3]): Config["network"] => ({
  input,
  steps: STEPS,
  layers: layers.map((units) => ({ type: "dense", units })),
});

const config = (more: Partial<Config> = {}): Config => ({
  network: network(INPUTS),
  loss: { type: "count", positive: 5, negative: 1 },
  ...more,
  training: { batchSize: 4, epochs: 3, seed: 5, ...more.training },
});

/** All bits that a training leaves, but for how long it took. */
async function bitsOf(trainer: Trainer): Promise<string> {
  return Buffer.from(await trainer.checkpoint()).toString("base64");
}

async function trained(config: Config, train: SpikeDataset, validation?: SpikeDataset): Promise<string> {
  using trainer = await createTrainer(config);
  await trainer.run(train, validation === undefined ? {} : { validation });
  return bitsOf(trainer);
}

const events = (samples = 30) =>
  datasets.fromSpikes({ spikes: trains(samples, INPUTS), labels: labels(samples), shape: [INPUTS] });

describe("training from shards leaves the bits of training from memory", () => {
  const pixels = () => datasets.fromImages({ pixels: images(30), labels: labels(30), shape: [INPUTS] });
  const count = { type: "count" } as const;
  const cases: [string, Config, () => SpikeDataset][] = [
    ["events", config(), () => events()],
    ["samples drawn by class", config({ training: { sampling: "byClass" } }), () => events()],
    ["augmentation", config({ training: { augmentation: { eventDropout: 0.2, timeJitter: 1 } } }), () => events()],
    ["a simulation that ends with the batch", config({ loss: { type: "latency", endSimulation: "batch" } }), () => events()],
    [
      "a search for the initial weights",
      config({ training: { initialActivity: { spikesPerUnit: 1, samples: 9, tolerance: 0.3 } } }),
      () => events(),
    ],
    ["grey values", config(), () => pixels().encode(encode.shiftBack({ max: 5, min: 1 }))],
    ["random spikes of grey values", config(), () => pixels().encode(encode.rate({ max: 0.5, min: 0, seed: 3 }))],
    [
      "values",
      config(),
      () => {
        const values = Float32Array.from(images(30), (pixel) => pixel / 255);
        return datasets.fromImages({ values, labels: labels(30), shape: [INPUTS] }).encode(encode.latency({ last: 15 }));
      },
    ],
    [
      "signals",
      config({ network: network(4) }),
      () => datasets.fromSeries({ signals: signals(30), labels: labels(30) }).encode(encode.delta({ threshold: 0.2 })),
    ],
    [
      "wanted counts",
      config({ loss: count }),
      () => datasets.fromSpikes({ spikes: trains(30, INPUTS), counts: Float32Array.from({ length: 90 }, (_, k) => k % 4) }),
    ],
    [
      "wanted trains",
      config({ loss: { type: "spikeTrain" } }),
      () => datasets.fromSpikes({ spikes: trains(30, INPUTS), trains: trains(30, 3, 2) }),
    ],
    [
      "target series",
      config({
        network: {
          ...network(INPUTS),
          layers: [
            { type: "dense", units: 8 },
            { type: "dense", units: 3, neuron: { type: "leaky" } },
          ],
        },
        loss: { type: "trace" },
      }),
      () => {
        const series = Float32Array.from({ length: 30 * STEPS * 3 }, (_, k) => Math.sin(k / 50));
        return datasets.fromSpikes({ spikes: trains(30, INPUTS), series });
      },
    ],
  ];

  it.each(cases)("%s", async (_, config, make) => {
    const data = make();
    const stored = await packed(data);
    expect([stored.isStored, data.isStored]).toEqual([true, false]);
    const parts = (of: SpikeDataset) => [of.slice(0, 23), of.slice(23)] as const;
    expect(await trained(config, ...parts(stored))).toBe(await trained(config, ...parts(data)));
  });

  it("also stopped in an epoch and resumed, from either", async () => {
    const data = events();
    const stored = await packed(data);
    const whole = await trained(config(), data);
    for (const [first, second] of [
      [stored, stored],
      [data, stored],
      [stored, data],
    ] as const) {
      using trainer = await createTrainer(config());
      for await (const event of trainer.run(first)) if (event.type === "step" && event.step === 11) break;
      using resumed = await restoreTrainer(await trainer.checkpoint());
      await resumed.run(second);
      expect(await bitsOf(resumed)).toBe(whole);
    }
  });

  it("with the same samples for training and validation", async () => {
    const data = events();
    const stored = await packed(data);
    expect(await trained(config(), stored, stored)).toBe(await trained(config(), data, data));
  });

  it("in WebAssembly", async () => {
    const stored = await packed(events());
    using trainer = await createTrainer(config(), { backend: "wasm" });
    await trainer.run(stored);
    expect(await bitsOf(trainer)).toBe(await trained(config(), events()));
  });

  it("when it stops for want of improvement", async () => {
    const early = config({ training: { epochs: 12, earlyStopping: { patience: 1 } } });
    const data = events();
    const stored = await packed(data);
    expect(await trained(early, stored.slice(0, 20), stored.slice(20))).toBe(
      await trained(early, data.slice(0, 20), data.slice(20)),
    );
  });
});

describe("a network answers for shards as for memory", () => {
  it("evaluates, predicts and gives gradients, also while it trains", async () => {
    const data = events();
    const stored = await packed(data);
    using trainer = await createTrainer(config());
    using other = await createTrainer(config());
    expect(await trainer.evaluate(stored)).toEqual(await trainer.evaluate(data));
    expect(await trainer.predict(stored)).toEqual(await trainer.predict(data));
    expect(await trainer.gradients(stored.slice(3, 9))).toEqual(await trainer.gradients(data.slice(3, 9)));
    const [, ...reports] = await Promise.all([trainer.run(stored), trainer.evaluate(stored), trainer.evaluate(stored)]);
    expect(reports).toHaveLength(2);
    await other.run(data);
    expect(await bitsOf(trainer)).toBe(await bitsOf(other));
  });
});

it("passes over data tell how far they have come, and a training what it has done at any time", async () => {
  const data = events(600);
  for (const of of [data, await packed(data, 100)]) {
    using trainer = await createTrainer(config());
    for (const pass of ["evaluate", "predict"] as const) {
      const seen: { done: number; all: number }[] = [];
      await trainer[pass](of, { onProgress: (progress) => seen.push(progress) });
      expect(seen.at(-1)).toEqual({ done: 600, all: 600 });
      expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    }
    const known: number[] = [];
    for await (const event of trainer.run(of)) if (event.type === "epochEnd") known.push((await trainer.history()).length);
    expect(known).toEqual([1, 2, 3]);
  }
});

describe("datasets.shards", () => {
  it("has parts, labels and classes like the data set that was packed", async () => {
    const data = events();
    const stored = await packed(data);
    expect(stored.info).toEqual(data.info);
    expect(Array.from(stored.labels ?? [])).toEqual(Array.from(data.labels ?? []));
    const parts = [stored, data].map((of) => of.split({ seed: 3 }));
    expect(await parts[0]?.test.events({ steps: STEPS })).toEqual(await parts[1]?.test.events({ steps: STEPS }));
    const chosen = [stored, data].map((of) => of.classes([2, 0]));
    expect(Array.from(chosen[0]?.labels ?? [])).toEqual(Array.from(chosen[1]?.labels ?? []));
    expect((await chosen[0]?.load())?.wire()).toEqual(chosen[1]?.wire());
  });

  it("says so where what is asked for is not in memory", async () => {
    const stored = await packed(datasets.fromImages({ pixels: images(9), shape: [INPUTS] }));
    expect(() => stored.image(0)).toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
    expect((await stored.load()).image(2)).toEqual(datasets.fromImages({ pixels: images(9), shape: [INPUTS] }).image(2));
  });

  it("takes parts one after the other, and its own shards", async () => {
    const data = events();
    async function* parts() {
      for (let start = 0; start < data.length; start += 11) yield data.slice(start, start + 11);
    }
    const dir = folder();
    const seen: number[] = [];
    const report = await datasets.packShards(parts(), {
      dir,
      samplesPerShard: 8,
      testSamples: 6,
      onProgress: (n) => seen.push(n),
    });
    expect(report).toMatchObject({ samples: 30, shards: 4 });
    expect(seen).toEqual([11, 22, 30]);
    const stored = await datasets.shards({ dir, verify: true });
    expect(stored.info.testSamples).toBe(6);
    expect((await stored.load()).wire()).toEqual(data.wire());
    expect((await (await packed(stored, 100)).load()).wire()).toEqual(data.wire());
  });

  it("keeps the encoding, which can be replaced", async () => {
    const code = encode.latency({ last: 10 });
    const stored = await packed(datasets.fromImages({ pixels: images(9), shape: [INPUTS] }).encode(code));
    expect(stored.encoding).toMatchObject(code);
    expect(stored.encode(encode.shiftBack({ max: 3, min: 1 })).encoding).toMatchObject({ type: "shiftBack" });
  });

  it("refuses to pack into a folder of shards, parts that differ, and nothing", async () => {
    const dir = folder();
    await datasets.packShards(events(), { dir });
    await expect(datasets.packShards(events(), { dir })).rejects.toMatchObject({ code: "WRITE_FAILED", path: dir });
    const others = [events(), datasets.fromSpikes({ spikes: trains(3, INPUTS), shape: [INPUTS] })];
    const failed = folder();
    await expect(datasets.packShards(others, { dir: failed })).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "data" });
    expect(await readdir(failed)).toEqual([]);
    const sounds = [8000, 16_000].map((sampleRate) => datasets.fromSeries({ signals: [[[0, 1]]], sampleRate }));
    await expect(datasets.packShards(sounds, { dir: folder() })).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "data" });
    const images = datasets.fromImages({ pixels: new Uint8Array(8), shape: [2, 2] });
    const codes = [encode.latency(), encode.rate({ max: 3, min: 0 })].map((code) => images.encode(code));
    await expect(datasets.packShards(codes, { dir: folder() })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    async function* broken() {
      yield events();
      throw new Error("the disk of the parts");
    }
    await expect(datasets.packShards(broken(), { dir: folder() })).rejects.toThrow("the disk of the parts");
    async function* unread() {
      yield events();
      await readFile(join(dir, "nowhere"));
    }
    await expect(datasets.packShards(unread(), { dir: folder() })).rejects.toMatchObject({ code: "ENOENT" });
    await expect(datasets.packShards(events(), { dir: join(dir, "shards.json", "x") })).rejects.toMatchObject({
      code: "WRITE_FAILED",
    });
    const [shared, parts] = [folder(), [7, 9].map((samplesPerShard) => ({ samplesPerShard }))];
    const both = await Promise.allSettled(parts.map((part) => datasets.packShards(events(), { dir: shared, ...part })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const why = both.flatMap((one) => (one.status === "rejected" ? one.reason : []));
    expect(why).toMatchObject([{ code: "WRITE_FAILED", path: join(shared, "shard-00000.spk") }]);
    expect(await datasets.shards({ dir: shared, verify: true })).toHaveLength(30);
    await expect(datasets.packShards([], { dir: folder() })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    await expect(datasets.packShards(events(), { dir: folder(), samplesPerShard: 0 })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "samplesPerShard",
    });
  });

  it("leaves nothing on a disk without room, and packs once there is some", async () => {
    const dir = folder();
    await mkdir(dir);
    const handle = await open(join(dir, "probe"), "w");
    await handle.close();
    await rm(join(dir, "probe"));
    const noRoom = Object.assign(new Error("no space left on device"), { syscall: "write" });
    const write = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, "write").mockRejectedValueOnce(noRoom);
    await expect(datasets.packShards(events(), { dir })).rejects.toMatchObject({ code: "WRITE_FAILED", path: dir });
    write.mockRestore();
    expect(await readdir(dir)).toEqual([]);
    expect(await datasets.packShards(events(), { dir })).toMatchObject({ samples: 30 });
  });
});

describe("damage", () => {
  let whole = "";

  beforeAll(async () => {
    whole = folder();
    await datasets.packShards(events(), { dir: whole, samplesPerShard: 10 });
  });

  async function copy(): Promise<string> {
    const dir = folder();
    await mkdir(dir);
    for (const name of await readdir(whole)) await copyFile(join(whole, name), join(dir, name));
    return dir;
  }

  async function edited(change: (manifest: Record<string, unknown>) => unknown): Promise<string> {
    const dir = await copy();
    const file = join(dir, "shards.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(change(manifest)));
    return dir;
  }

  const MANIFESTS: [string, (manifest: Record<string, unknown>) => unknown, RegExp][] = [
    ["is a list", () => [], /shards\.json$/],
    ["has another format", (of) => ({ ...of, format: "tar" }), /format$/],
    ["is of a later version", (of) => ({ ...of, version: 2 }), /version$/],
    ["lacks its shards", ({ shards: _, ...of }) => of, /shards$/],
    ["counts wrongly", (of) => ({ ...of, samples: 31 }), /samples$/],
    ["has more for the test than there are", (of) => ({ ...of, testSamples: 31 }), /testSamples$/],
    ["has unknown fields", (of) => ({ ...of, surprise: 1 }), /surprise$/],
    [
      "leaves the folder",
      (of) => ({ ...of, shards: [{ ...(of["shards"] as object[])[0], file: "../x" }] }),
      /shards\[0\]\.file$/,
    ],
    ["names a file twice", (of) => ({ ...of, samples: 20, shards: Array(2).fill((of["shards"] as object[])[0]) }), /shards$/],
    [
      "claims 2³² − 1 samples of a file",
      (of) => ({ ...of, samples: 2 ** 32 - 1, shards: [{ ...(of["shards"] as object[])[0], samples: 2 ** 32 - 1 }] }),
      /shard-00000\.spk$/,
    ],
    ["has an encoding that is none", (of) => ({ ...of, encoding: [] }), /shards\.json: encoding$/],
    ["lacks the width of its targets", (of) => ({ ...of, targets: "counts" }), /targetWidth$/],
  ];

  it.each(MANIFESTS)("a manifest that %s", async (_, change, path) => {
    const dir = await edited(change);
    await expect(datasets.shards({ dir })).rejects.toMatchObject({ code: "DATA_FORMAT", path: expect.stringMatching(path) });
  });

  it("no manifest, and one that is no JSON", async () => {
    await expect(datasets.shards({ dir: root })).rejects.toMatchObject({ code: "DATA_FORMAT" });
    const dir = await copy();
    await writeFile(join(dir, "shards.json"), "{");
    await expect(datasets.shards({ dir })).rejects.toMatchObject({ code: "DATA_FORMAT", path: join(dir, "shards.json") });
  });

  it("a missing file, and one that is cut off", async () => {
    const dir = await copy();
    const file = join(dir, "shard-00001.spk");
    await truncate(file, 100);
    await expect(datasets.shards({ dir })).rejects.toMatchObject({ code: "DATA_FORMAT", path: file });
    await rm(file);
    await expect(datasets.shards({ dir })).rejects.toMatchObject({ code: "DATA_FORMAT", path: file });
  });

  it("every changed byte is found when it is looked for, and never more than an error without", async () => {
    const dir = await copy();
    const file = join(dir, "shard-00002.spk");
    const bytes = await readFile(file);
    for (let place = 0; place < bytes.length; place += 13) {
      const changed = Uint8Array.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 0xff;
      await writeFile(file, changed);
      const read = async (verify: boolean) => (await datasets.shards({ dir, verify })).load();
      const found = await read(true).catch((thrown) => thrown.code);
      expect(["CHECKSUM_MISMATCH", "DATA_FORMAT"]).toContain(found);
      await read(false).catch((thrown) => expect(thrown.code).toBe("DATA_FORMAT"));
    }
  });

  it("a file that is cut off while it is used ends the training with its name", async () => {
    const dir = await copy();
    const stored = await datasets.shards({ dir });
    for (const name of ["shard-00000.spk", "shard-00001.spk"]) await truncate(join(dir, name), 8);
    using trainer = await createTrainer(config());
    await expect(trainer.run(stored)).rejects.toMatchObject({ code: "DATA_FORMAT", path: expect.stringContaining(".spk") });
  });

  it("samples of another size than the network's input", async () => {
    const stored = await datasets.shards({ dir: whole });
    using trainer = await createTrainer(config({ network: network(5) }));
    await expect(trainer.run(stored)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "shape" });
  });
});

it("training takes memory for the batches at work, not for the data", async () => {
  const [SAMPLES, SPIKES] = [250, 8000];
  const one = { times: Uint16Array.from({ length: SPIKES }, (_, k) => (k * STEPS) / SPIKES), units: new Uint32Array(SPIKES) };
  const part = datasets.fromSpikes({
    spikes: Array.from({ length: SAMPLES }, () => one),
    labels: labels(SAMPLES),
    shape: [INPUTS],
  });
  const dir = folder();
  const { samples, bytes } = await datasets.packShards(Array(32).fill(part), { dir, samplesPerShard: 2000 });
  // Half of it is more than what batches at work take, with what the collector may leave for later (64 MB) on a busy machine.
  expect(bytes).toBeGreaterThan(380e6);
  const settings = JSON.stringify({ ...config(), training: { batchSize: 32, epochs: 1 } });
  const { report, before, peak } = await inChild(
    `const data = await datasets.shards({ dir: input });
     const trainer = await createTrainer(${settings});
     const { epochs } = await trainer.run(data.slice(500), { validation: data.slice(0, 500) });
     report(epochs[0].train.samples);`,
    { input: dir },
  );
  expect(report).toBe(samples - 500);
  expect(peak - before).toBeLessThan(bytes / 2);
});

it("stops at once when it is aborted while it reads", async () => {
  const stored = await packed(events());
  using trainer = await createTrainer(config({ training: { epochs: 10_000 } }));
  const stop = new AbortController();
  const run = (async () => {
    for await (const event of trainer.run(stored, { signal: stop.signal }))
      if (event.type === "epochEnd") stop.abort(new Error("enough"));
  })();
  await expect(run).rejects.toThrow("enough");
});
