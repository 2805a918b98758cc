import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { createTrainer, datasets, encode, restoreNetwork, type SpikeDataset, type TableOptions } from "spikelet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wav } from "../support/wav.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "spikelet-own-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

/** A grey image whose left or right half is bright. */
function half(side: "left" | "right", width = 8, height = 8): Uint8Array {
  const isBright = (x: number) => (side === "left" ? x < width / 2 : x >= width / 2);
  const data = Uint8Array.from({ length: width * height }, (_, k) => (isBright(k % width) ? 250 : 0));
  return Uint8Array.from(encodePng({ width, height, data, channels: 1 }));
}

function photograph(width: number, height: number, colour: readonly [number, number, number]): Uint8Array {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, k) => [...colour, 255][k % 4] ?? 0);
  return Uint8Array.from(jpeg.encode({ width, height, data }, 95).data);
}

const sound = (sampleRate = 8000) => wav({ channels: [[0, 0.5, -0.5, 0.25]], sampleRate, format: 1, bits: 16 });

describe("a folder of images", () => {
  it("has the classes of its folders and their images at their own size", async () => {
    await put({ "left/a.png": half("left"), "left/notes.txt": "no sample", "right/b.png": half("right"), ".hidden/c.png": "no" });
    const data = await datasets.fromFolder(dir);
    expect(data).toMatchObject({ length: 2, info: { shape: [8, 8], classes: ["left", "right"] }, labels: Uint32Array.of(0, 1) });
    expect(Array.from(data.image(1)?.slice(0, 8) ?? [], (value) => Math.round(255 * value))).toEqual([
      0, 0, 0, 0, 250, 250, 250, 250,
    ]);
  });

  it("scales images of several sizes and formats to one, with or without colours", async () => {
    await put({ "red/a.jpg": photograph(80, 40, [250, 20, 20]), "small/b.png": half("left", 6, 6) });
    const grey = await datasets.fromFolder(dir);
    expect(grey.info.shape).toEqual([32, 32]);
    const expected = (0.299 * 250 + 0.587 * 20 + 0.114 * 20) / 255;
    for (const value of grey.image(0) ?? []) expect(Math.abs(value - expected)).toBeLessThan(0.02);
    const colours = await datasets.fromFolder(dir, { colour: true, size: [4, 6] });
    expect(colours.info.shape).toEqual([3, 4, 6]);
    const red = colours.image(0) ?? new Float32Array();
    expect([red[0], red[24], red[48]].map((value) => Math.round(10 * (value ?? 0)))).toEqual([10, 1, 1]);
    expect(Array.from(colours.image(1)?.slice(0, 6) ?? [], (value) => Math.round(255 * value))).toEqual([250, 250, 250, 0, 0, 0]);
  });

  it.each([
    {
      name: "1 bit",
      width: 3,
      depth: 1,
      data: Uint8Array.of(0b10100000, 0b01000000),
      channels: 1,
      expected: [255, 0, 255, 0, 255, 0],
    },
    { name: "16 bits", width: 1, depth: 16, data: Uint16Array.of(0xffff, 0x8080), channels: 1, expected: [255, 128] },
    { name: "opacity, on white", width: 1, depth: 8, data: Uint8Array.of(0, 255, 0, 0), channels: 2, expected: [0, 255] },
  ] as const)("reads PNG with $name", async ({ width, depth, data, channels, expected }) => {
    await put({ "a/x.png": Uint8Array.from(encodePng({ width, height: 2, data: data as Uint8Array, depth, channels })) });
    const image = (await datasets.fromFolder(dir)).image(0) ?? [];
    expect(Array.from(image, (value) => Math.round(255 * value))).toEqual(expected);
  });

  it("keeps the parts train, validation and test", async () => {
    const part = (name: string, count: number) =>
      Array.from({ length: count }, (_, k): [string, Uint8Array] => [`${name}/left/${k}.png`, half("left")]).concat([
        [`${name}/right/0.png`, half("right")],
      ]);
    await put(Object.fromEntries([...part("train", 3), ...part("validation", 1), ...part("test", 2)]));
    const { train, validation, test } = (await datasets.fromFolder(dir)).split({ seed: 1 });
    expect([train.length, validation.length, test.length]).toEqual([4, 2, 3]);
    expect(test.labels).toEqual(Uint32Array.of(0, 0, 1));
  });

  it("trains a network whose checkpoint answers raw pixels with a name", async () => {
    const files = [...Array(12).keys()].flatMap((k) => [
      [`left/${k}.png`, half("left")] as const,
      [`right/${k}.png`, half("right")] as const,
    ]);
    await put(Object.fromEntries(files));
    const data = (await datasets.fromFolder(dir)).encode(encode.latency({ first: 0, last: 10 }));
    using trainer = await createTrainer(
      {
        network: {
          input: 64,
          steps: 30,
          layers: [{ type: "dense", units: 2 }],
          neuron: { currentDecay: 0.8, membraneDecay: 0.9 },
        },
        loss: { type: "count", positive: 4 },
        optimizer: { type: "adam", learningRate: 0.02 },
        training: { batchSize: 4, epochs: 20, initialActivity: { spikesPerUnit: 1, samples: 24, tolerance: 0.3 } },
      },
      { quiet: true },
    );
    await trainer.run(data);
    using network = await restoreNetwork(await trainer.checkpoint());
    const pixels = Uint8Array.from(data.image(1) ?? [], (value) => Math.round(255 * value));
    const answer = await network.predict(pixels);
    expect([answer.names, answer.layers[0]?.times.length]).toEqual([["left"], expect.any(Number)]);
    expect(answer.layers[0]?.times.length).toBeGreaterThan(0);
    expect(answer.layers).toEqual((await network.predict(data.slice(1, 2))).layers);
    await expect(network.predict([0.5])).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "data" });
    await expect(network.predict(new Float32Array(64).fill(2))).rejects.toMatchObject({ code: "DATA_FORMAT", path: "data[0]" });
  });

  it.each([
    { name: "a folder that is missing", files: {}, at: "missing", path: "missing" },
    { name: "a folder without classes", files: { "a.png": half("left") }, path: "." },
    { name: "a class without samples", files: { "a/x.png": half("left"), "b/notes.txt": "" }, path: "b" },
    { name: "a damaged image", files: { "a/x.png": half("left").slice(0, 40) }, path: "a/x.png" },
    { name: "text that is called an image", files: { "a/x.jpg": "no image" }, path: "a/x.jpg" },
    { name: "another format", files: { "a/x.png": half("left"), "a/y.webp": "" }, path: "a/y.webp" },
    { name: "sounds beside images", files: { "a/x.png": half("left"), "b/y.wav": sound() }, path: "b/y.wav" },
    { name: "a folder that is no class", files: { "c/x.png": half("left") }, classes: ["a"], path: "c" },
  ])("is refused: $name", async ({ files, at = ".", classes, path }) => {
    await put(files);
    const how = classes === undefined ? {} : { classes };
    const refused = { code: "DATA_FORMAT", path: expect.stringContaining(join(dir, path)) };
    await expect(datasets.fromFolder(join(dir, at), how)).rejects.toMatchObject(refused);
  });

  it("is refused where a PNG claims more pixels than a memory holds", async () => {
    const bytes = half("left");
    new DataView(bytes.buffer).setUint32(16, 0x7fff_ffff);
    await put({ "a/x.png": bytes });
    await expect(datasets.fromFolder(dir)).rejects.toMatchObject({
      code: "DATA_FORMAT",
      reason: expect.stringContaining("pixels"),
    });
  });
});

describe("a folder of sounds", () => {
  it("has signals at their sample rate", async () => {
    await put({ "no/a.wav": sound(), "yes/b.wav": sound() });
    const data = await datasets.fromFolder(dir);
    expect(data.info).toMatchObject({ sampleRate: 8000, classes: ["no", "yes"], shape: [1] });
    expect(data.signal(1)?.[0]?.[1]).toBeCloseTo(0.5, 4);
  });

  it("is refused where sample rates differ, by the file", async () => {
    await put({ "no/a.wav": sound(), "yes/b.wav": sound(16_000) });
    const refused = { code: "SHAPE_MISMATCH", path: join(dir, "yes/b.wav") };
    await expect(datasets.fromFolder(dir)).rejects.toMatchObject(refused);
  });
});

describe("files of a page", () => {
  const inFolder = (name: string, bytes: Uint8Array) => {
    const [, file = ""] = name.split("/");
    return Object.defineProperty(new File([Uint8Array.from(bytes)], file), "webkitRelativePath", { value: `set/${name}` });
  };

  it("have the classes of their folders, or labels", async () => {
    const data = await datasets.fromFiles([inFolder("b/x.png", half("left")), inFolder("a/y.png", half("right"))]);
    expect(data).toMatchObject({ info: { classes: ["a", "b"] }, labels: Uint32Array.of(1, 0) });
    const blob = new Blob([Uint8Array.from(half("left"))], { type: "image/png" });
    expect(await datasets.fromFiles([blob], { labels: ["left"] })).toMatchObject({ info: { classes: ["left"] }, length: 1 });
  });

  it("are refused without a folder or a label, and where they are none", async () => {
    const loose = new File([Uint8Array.from(half("left"))], "x.png");
    await expect(datasets.fromFiles([loose])).rejects.toMatchObject({ code: "DATA_FORMAT", path: "x.png" });
    await expect(datasets.fromFiles([loose], { labels: [0, 1] })).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
      path: "labels",
    });
    await expect(datasets.fromFiles(["x.png"] as never)).rejects.toMatchObject({ code: "DATA_FORMAT", path: "files[0]" });
  });
});

describe("a table with a line for each sample", () => {
  const TABLE = "length,width,kind\n1,20,small\n3,40,large\n2,20,small\n";

  it("scales its columns, which the network remembers", async () => {
    const data = await datasets.fromTable(TABLE);
    expect(data.info).toMatchObject({
      shape: [2],
      classes: ["large", "small"],
      ranges: [
        [1, 3],
        [20, 40],
      ],
    });
    expect([0, 1, 2].map((k) => Array.from(data.image(k) ?? []))).toEqual([
      [0, 0],
      [1, 1],
      [0.5, 0],
    ]);
    const code = encode.latency({ first: 0, last: 10, skipZero: false });
    using trainer = await createTrainer(
      {
        network: {
          input: 2,
          steps: 30,
          layers: [{ type: "dense", units: 2 }],
          neuron: { membraneDecay: 0.9, currentDecay: 0.8 },
        },
        loss: { type: "count", positive: 4 },
        training: { epochs: 1 },
      },
      { quiet: true, parameters: [{ weights: new Float32Array(4).fill(3), biases: new Float32Array(2) }] },
    );
    await expect(trainer.predict([2, 30])).rejects.toMatchObject({ code: "DATA_FORMAT", path: "data" });
    await trainer.run(data.encode(code));
    const whole = await trainer.predict(data.slice(1, 2).encode(code));
    const raw = await trainer.predict([3, 40]);
    expect(whole.layers[0]?.times.length).toBeGreaterThan(0);
    expect(raw.layers).toEqual(whole.layers);
    expect(raw.names).toHaveLength(1);
  });

  it("is scaled by the training part alone once it is split, and by given ranges always", async () => {
    const parts = async (outlier?: number, ranges?: TableOptions["ranges"]) => {
      const lines = Array.from({ length: 20 }, (_, k) => `${k === outlier ? 1000 : k},${-k},${k % 2}`);
      const all = await datasets.fromTable(["a,b,label", ...lines].join("\n"), ranges && { ranges });
      const split = all.encode(encode.latency({ first: 0, last: 10 })).split({ seed: 3, test: 6, validation: 4 });
      return { all, ...split };
    };
    const column = (data: SpikeDataset, at: number) => Array.from({ length: data.length }, (_, k) => data.image(k)?.[at] ?? -1);
    const known = await parts(undefined, [
      [0, 20],
      [-20, 0],
    ]);
    // A sample of the test part gets a number that none of the others has.
    const outlier = Math.round(20 * Math.max(...column(known.test, 0)));
    const { all, train, validation, test } = await parts(outlier);
    expect(all.info.ranges).toEqual([
      [0, 1000],
      [-19, 0],
    ]);
    expect(train.info.ranges?.[0]?.[1]).toBeLessThan(20);
    for (const part of [validation, test]) expect(part.info.ranges).toEqual(train.info.ranges);
    expect([Math.min(...column(train, 0)), Math.max(...column(train, 0))]).toEqual([0, 1]);
    expect([Math.min(...column(train, 1)), Math.max(...column(train, 1))]).toEqual([0, 1]);
    // Beyond the range of the training part: its end.
    expect(Math.max(...column(test, 0))).toBe(1);
    const given = await parts(outlier, [
      [0, 2000],
      [-19, 0],
    ]);
    expect(Math.max(...column(given.test, 0))).toBe(0.5);
    // Parts of the training part keep its ranges.
    expect(train.split({ seed: 1 }).train.info.ranges).toEqual(train.info.ranges);
    expect((await train.events({ steps: 12 })).length).toBe(10);
  });

  it.each([
    { text: "a,b\n1,x\nno,y\n", options: {}, code: "DATA_FORMAT", path: "table, line 3: a" },
    { text: "a,b\n1,x\n", options: { label: "c" }, code: "DATA_FORMAT", path: "table" },
    { text: "b\nx\n", options: {}, code: "DATA_FORMAT", path: "table" },
    { text: "a,b\n", options: {}, code: "DATA_FORMAT", path: "table" },
    { text: "a,b\n1,x\n", options: { ranges: [] }, code: "CONFIG_INVALID", path: "ranges" },
    { text: "a,b\n1,x\n", options: { ranges: [[2, 1]] }, code: "CONFIG_INVALID", path: "ranges[0]" },
  ])("is refused: $path of $text", async ({ text, options, code, path }) => {
    await expect(datasets.fromTable(text, options as object)).rejects.toMatchObject({ code, path });
  });
});

describe("a table with a line for each point in time", () => {
  const lines = (names: string, rows: readonly (readonly (number | string)[])[]) =>
    [names, ...rows.map((row) => row.join(","))].join("\n");
  const points = (takes: number, length: number) =>
    Array.from({ length: takes * length }, (_, k) => ({ take: Math.floor(k / length), time: k % length }));
  const kind = (take: number) => (take % 2 === 0 ? "wave" : "rest");
  const wave = (take: number, time: number) => Math.sin(take + time).toFixed(3);

  it.each([
    {
      name: "numbered samples",
      content: lines(
        "take,t,x,y,kind",
        points(6, 5).map(({ take, time }) => [take, time, wave(take, time), wave(time, take), kind(take)]),
      ),
      columns: { channels: ["x", "y"], sample: "take", label: "kind" },
    },
    {
      name: "named samples of subjects, at dates, with numbered lines",
      content: lines(
        "row,subject,file,when,x,label",
        points(6, 4).map(({ take, time }) => [
          4 * take + time,
          take < 3 ? 1 : 2,
          `take-${take}.dat`,
          `2026-01-0${1 + take}T10:00:0${time}`,
          wave(take, time),
          take % 2,
        ]),
      ),
      columns: { channels: ["x"], sample: "file", label: "label" },
    },
    {
      name: "samples of several lengths, in seconds since the first",
      content: lines(
        "seconds,x,id,class",
        points(9, 4)
          .filter(({ take, time }) => time < 3 || take % 2 === 0)
          .map(({ take, time }, k) => [0.1 * k, wave(take, time), take, kind(take)]),
      ),
      columns: { channels: ["x"], sample: "id", label: "class" },
    },
  ])("is refused with the call that reads it: $name", async ({ content, columns }) => {
    const call = `datasets.fromCsv(text, ${JSON.stringify(columns)})`;
    const refusal = { code: "DATA_FORMAT", path: "table", reason: expect.stringContaining(call) };
    await expect(datasets.fromTable(content)).rejects.toMatchObject(refusal);
    expect((await datasets.fromCsv(content, columns)).info.shape).toEqual([columns.channels.length]);
    expect((await datasets.fromTable(content, { values: columns.channels })).info.shape).toEqual([columns.channels.length]);
  });

  it.each([
    {
      name: "numbered lines, sorted by the class and its group",
      rows: points(3, 10).map(({ take, time }, k) => [k, take, wave(take, time), wave(time, take), `kind ${take}`]),
    },
    {
      name: "families, whose lines are in no order",
      rows: points(6, 5).map(({ take, time }, k) => [(7 * k) % 30, take, wave(take, time), (3 * time) % 5, kind(take)]),
    },
    {
      name: "families, with numbered lines",
      rows: points(6, 5).map(({ take, time }, k) => [k, take, wave(take, time), (3 * time) % 5, kind(take)]),
    },
    {
      name: "a column that is the same in all lines",
      rows: points(4, 5).map(({ take, time }) => [time, 7, take, 0, kind(take)]),
    },
    { name: "sorted numbers", rows: points(40, 1).map(({ take }) => [take, Math.floor(take / 4) / 2, take % 4, 1, kind(take)]) },
    {
      name: "a grid whose lines differ in class",
      rows: points(6, 6).map(({ take, time }) => [take, time, take * time, 0, kind(take + time)]),
    },
  ])("is not what other tables are taken for: $name", async ({ rows }) => {
    expect(await datasets.fromTable(lines("a,b,c,d,kind", rows))).toMatchObject({ length: rows.length, info: { shape: [4] } });
  });
});
