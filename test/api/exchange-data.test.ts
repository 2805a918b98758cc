import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { datasets, parseNpy, parseNpz } from "spikelet";
import { describe, expect, it } from "vitest";
import { halvesToFloats } from "../../ts/datasets/half.js";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** An NPY file as NumPy writes it. */
function npy(descr: string, shape: number[], data: ArrayBufferView): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.map((length) => `${length},`).join(" ")}), }`;
  const header = new TextEncoder().encode(`${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`);
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(header, 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}

describe("half floats", () => {
  it("are exact as single floats", () => {
    const bits = Uint16Array.of(0, 0x8000, 1, 0x3ff, 0x400, 0x3c00, 0xbc00, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x7e00);
    expect(Array.from(halvesToFloats(bits))).toEqual([
      0,
      -0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      -1,
      1365 / 4096,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe("parseNpy", () => {
  it.each([
    ["<i2", Int16Array.of(-1, 2, 3), [-1, 2, 3]],
    ["<u4", Uint32Array.of(1, 4_000_000_000, 3), [1, 4_000_000_000, 3]],
    ["<i8", BigInt64Array.of(-5n, 2n ** 53n - 1n, 0n), [-5, 2 ** 53 - 1, 0]],
    ["<f2", Uint16Array.of(0x3c00, 0x3800, 0), [1, 0.5, 0]],
    ["<f8", Float64Array.of(0.1, 0.2, 0.3), [0.1, 0.2, 0.3]],
    ["|b1", Uint8Array.of(1, 0, 1), [1, 0, 1]],
  ])("reads %s", async (descr, data, values) => {
    const array = await parseNpy(npy(descr, [3], data));
    expect(array.shape).toEqual([3]);
    expect(Array.from(array.values)).toEqual(values);
  });

  it("refuses what it can't hold, and names the byte", async () => {
    const large = npy("<i8", [1], BigInt64Array.of(2n ** 60n));
    await expect(parseNpy(large)).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "[0]" }));
    const short = npy("<f4", [4], Float32Array.of(1));
    await expect(parseNpy(short)).rejects.toThrow("byte 132: the file ends here, [4] of float32 needs 144 bytes");
  });
});

const archive = zipSync({
  "t.npy": npy("<i8", [5], BigInt64Array.of(0n, 1500n, 99_999n, 300_000n, 20n)),
  "x.npy": npy("|u1", [5], Uint8Array.of(1, 2, 3, 3, 0)),
  "y.npy": npy("|u1", [5], Uint8Array.of(0, 4, 3, 3, 0)),
  "p.npy": npy("|b1", [5], Uint8Array.of(0, 1, 1, 0, 1)),
  "offsets.npy": npy("<i4", [4], Int32Array.of(0, 4, 4, 5)),
  "labels.npy": npy("<i4", [3], Int32Array.of(2, 0, 1)),
});
const options = { steps: 100, stepLength: 1000, shape: [2, 4, 5], name: "events" };

describe("fromNpz", () => {
  it("reads x, y, p and t of several samples", async () => {
    const data = await datasets.fromNpz(archive, options);
    expect(data.info).toEqual({ name: "events", shape: [2, 4, 5], steps: 100 });
    expect(Array.from(data.labels ?? [])).toEqual([2, 0, 1]);
    const events = await data.events({ steps: 100 });
    expect([...events.triples()]).toEqual([
      [0, 0, (0 * 4 + 1) * 5 + 0],
      [0, 1, (1 * 4 + 2) * 5 + 4],
      [0, 99, (1 * 4 + 3) * 5 + 3],
      [2, 0, (1 * 4 + 0) * 5 + 0],
    ]);
  });

  it("reads times and units of one sample", async () => {
    const bytes = zipSync({
      "times.npy": npy("<f4", [2], Float32Array.of(0.5, 2)),
      "units.npy": npy("<u2", [2], Uint16Array.of(7, 1)),
    });
    const data = await datasets.fromNpz(bytes, { steps: 10 });
    expect([...(await data.events({ steps: 10 })).triples()]).toEqual([
      [0, 0, 7],
      [0, 2, 1],
    ]);
    expect((await datasets.fromNpz(bytes, { steps: 10, shape: [2, 4] })).info.shape).toEqual([2, 4]);
    const refused = (shape: number[], expected: object) =>
      expect(datasets.fromNpz(bytes, { steps: 10, shape })).rejects.toThrow(expect.objectContaining(expected));
    await refused([7], { code: "DATA_FORMAT", path: "units[0]" });
    await refused([65_536, 65_537], { code: "CONFIG_INVALID", path: "shape" });
  });

  it("refuses damage, gaps and values out of range with the name of the array", async () => {
    const refused = (bytes: Uint8Array, more: object, expected: object) =>
      expect(datasets.fromNpz(bytes, { ...options, ...more })).rejects.toThrow(expect.objectContaining(expected));
    await refused(archive.slice(0, 400), {}, { code: "DATA_FORMAT", path: "" });
    await refused(archive, { shape: [2, 3, 5] }, { code: "DATA_FORMAT", path: "x[2]" });
    await refused(archive, { shape: [4, 5] }, { code: "SHAPE_MISMATCH", path: "shape" });
    await refused(archive, { steps: 0 }, { code: "CONFIG_INVALID", path: "steps" });
    await refused(archive, { stepLength: 0 }, { code: "CONFIG_INVALID", path: "stepLength" });
    await refused(zipSync({ "a.txt": Uint8Array.of(1) }), {}, { code: "DATA_FORMAT", path: "times" });
    const bad = zipSync({ "t.npy": npy("<i4", [2], Int32Array.of(1)) });
    await refused(bad, {}, { code: "DATA_FORMAT", path: "t", message: expect.stringContaining("byte 132") });
    const past = zipSync({ "t.npy": npy("<i4", [1], Int32Array.of(-1)), "units.npy": npy("<i4", [1], Int32Array.of(0)) });
    await refused(past, {}, { code: "DATA_FORMAT", path: "t[0]" });
    const withOffsets = (...offsets: number[]) =>
      zipSync({
        "t.npy": npy("<i4", [1], Int32Array.of(1)),
        "units.npy": npy("<i4", [1], Int32Array.of(0)),
        "offsets.npy": npy("<i4", [offsets.length], Int32Array.from(offsets)),
      });
    await refused(withOffsets(0, 1, 0), {}, { code: "SHAPE_MISMATCH", path: "offsets[2]" });
    await refused(withOffsets(0, 0), {}, { code: "SHAPE_MISMATCH", path: "offsets[1]" });
    await refused(withOffsets(1), {}, { code: "SHAPE_MISMATCH", path: "offsets[0]" });
  });

  it("does not take names of the archive for its own", async () => {
    const arrays = await parseNpz(zipSync({ "__proto__.npy": npy("|u1", [1], Uint8Array.of(1)) }));
    expect(Object.keys(arrays)).toEqual(["__proto__"]);
  });
});

describe("shd", () => {
  it("reads lists of half floats as h5py writes them", async () => {
    const data = await datasets.shd({ dir: FIXTURES, steps: 140 });
    expect(data.info).toEqual({ name: "shd", shape: [700], steps: 140, testSamples: 1 });
    expect(Array.from(data.labels ?? [])).toEqual([17, 18, 19, 17]);
    // 0.1 and 1.39 are 0.09998 and 1.38965 in half precision.
    expect([...(await data.events({ steps: 140 })).triples()]).toEqual([
      [0, 0, 3],
      [0, 9, 699],
      [0, 25, 3],
      [0, 138, 0],
      [2, 50, 7],
      [2, 50, 7],
      [3, 33, 350],
    ]);
    expect(data.split({ seed: 1 }).test.length).toBe(1);
  });

  it("refuses missing and foreign files with their name", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-shd-"));
    const train = join(dir, "shd_train.h5");
    await expect(datasets.shd({ dir })).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: train }));
    await writeFile(train, "nothing of the kind");
    await expect(datasets.shd({ dir })).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: train }));
    const whole = await readFile(join(FIXTURES, "shd_train.h5"));
    for (const length of [100, 3000, whole.length - 1000]) {
      await writeFile(train, whole.subarray(0, length));
      await expect(datasets.shd({ dir })).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
    }
    await copyFile(join(FIXTURES, "shd_test.h5"), train);
    await expect(datasets.shd({ dir })).rejects.toThrow(/shd_test\.h5: is missing/);
    await rm(train);
    await mkdir(train);
    await expect(datasets.shd({ dir })).rejects.toThrow(expect.objectContaining({ code: "READ_FAILED", path: train }));
    await expect(datasets.shd({ dir, steps: 0 })).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
