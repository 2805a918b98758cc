import { copyFile, mkdir, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTrainer, datasets, encode } from "spikelet";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { config, events, folder, INPUTS, images, network, packed, STEPS, trains } from "../support/shards.js";

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
    ["is of another version", (of) => ({ ...of, version: 1 }), /version$/],
    ["lacks its shards", ({ shards: _, ...of }) => of, /shards$/],
    ["counts wrongly", (of) => ({ ...of, samples: 31 }), /samples$/],
    ["has more for the test than there are", (of) => ({ ...of, testSamples: 31 }), /testSamples$/],
    ["fixes validation samples but does not count them", (of) => ({ ...of, isValidationFixed: true }), /validationSamples$/],
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
    await expect(datasets.shards({ dir: dirname(folder()) })).rejects.toMatchObject({ code: "DATA_FORMAT" });
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

  it("every changed byte is found as it is read", async () => {
    const dir = await copy();
    const file = join(dir, "shard-00002.spk");
    const bytes = await readFile(file);
    for (let place = 0; place < bytes.length; place += 13) {
      const changed = Uint8Array.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 0xff;
      await writeFile(file, changed);
      for (const verify of [true, false]) {
        const read = async () => (await datasets.shards({ dir, verify })).load();
        const found = await read().catch((thrown) => thrown.code);
        expect(["CHECKSUM_MISMATCH", "DATA_FORMAT"], String(place)).toContain(found);
      }
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
