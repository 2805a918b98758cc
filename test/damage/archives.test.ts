import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { parseIdx, parseNpz, parseTensors } from "spikelet";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../ts/io/crc32.js";
import { entriesOf } from "../../ts/io/zip-directory.js";
import { numbers, stored, type ZipFile, zerosNpy, zip } from "../support/zip.js";
import { FIXTURES } from "./parsers.js";

const refusal = (message: RegExp) => expect.objectContaining({ code: "DATA_FORMAT", message: expect.stringMatching(message) });

function deflated(name: string, content: Uint8Array): ZipFile {
  return { name, packed: deflateRawSync(content), size: content.length, crc: crc32(content) };
}

describe("an archive", () => {
  const npy = zerosNpy(1000);

  it("gives its arrays, stored and deflated", async () => {
    const arrays = await parseNpz(zip([stored("a.npy", npy), deflated("b.npy", npy), stored("c.txt", npy)]));
    expect(Object.keys(arrays)).toEqual(["a", "b"]);
    expect(arrays["b"]).toMatchObject({ dtype: "uint8", shape: [1000] });
  });

  it("of a directory that claims 2⁶⁰ files is refused, and the call ends", async () => {
    const large = numbers([4, 0x06064b50], [8, 44], [4, 0], [8, 0], [8, 2n ** 60n], [8, 2n ** 60n], [8, 0], [8, 0]);
    const locator = numbers([4, 0x07064b50], [4, 0], [8, 0], [4, 1]);
    const end = numbers([4, 0x06054b50], [4, 0], [2, 0xffff], [2, 0xffff], [4, 0xffff_ffff], [4, 0xffff_ffff], [2, 0]);
    const archive = zip([], { end: Buffer.concat([large, locator, end]) });
    for (const read of [parseNpz, parseTensors]) await expect(read(archive)).rejects.toThrow(refusal(/claims \d+ files/));
  });

  it("whose files share bytes is refused", async () => {
    const files = Array.from({ length: 50 }, (_, k) => deflated(`${k}.npy`, npy));
    await expect(parseNpz(zip(files, { overlap: true }))).rejects.toThrow(refusal(/lies inside another file/));
    await expect(parseNpz(zip([stored("a.npy", npy), stored("a.npy", npy)]))).rejects.toThrow(refusal(/one name/));
  });

  it("is held to its checksums and sizes", async () => {
    for (const file of [stored("a.npy", npy), deflated("a.npy", npy)]) {
      await expect(parseNpz(zip([{ ...file, crc: file.crc ^ 1 }]))).rejects.toThrow(refusal(/^a\.npy: is damaged: .*checksum/));
      await expect(parseNpz(zip([{ ...file, size: file.size - 1 }]))).rejects.toThrow(refusal(/^a\.npy: is damaged/));
      await expect(parseNpz(zip([{ ...file, size: file.size + 1 }]))).rejects.toThrow(refusal(/^a\.npy: is damaged/));
    }
    const broken = deflated("a.npy", npy);
    broken.packed.fill(0xff, 0, 4);
    await expect(parseNpz(zip([broken]))).rejects.toThrow(refusal(/^a\.npy: is damaged: it can't be unpacked/));
  });

  it("of torch.save is held to its checksums, too", async () => {
    const whole = new Uint8Array(await readFile(join(FIXTURES, "exchange/sequential.pt")));
    await parseTensors(whole);
    const [{ packed } = { packed: whole }] = entriesOf(whole).filter(({ name }) => name.endsWith("/data/0"));
    packed[0] = (packed[0] ?? 0) ^ 1;
    await expect(parseTensors(whole)).rejects.toThrow(refusal(/data\/0: is damaged: .*checksum/));
  });

  it("may unpack to 64 MiB and 16 times its size, or to what the caller says", async () => {
    const archive = zip([deflated("a.npy", zerosNpy(70_000_000))]);
    const limit = 64 * 2 ** 20 + 16 * archive.length;
    await expect(parseNpz(archive)).rejects.toThrow(
      refusal(new RegExp(`^a\\.npy: a file of ${archive.length} bytes becomes at least 70000128 in memory, more than ${limit}`)),
    );
    expect((await parseNpz(archive, { maxBytes: 70_000_128 }))["a"]?.shape).toEqual([70_000_000]);
    await expect(parseNpz(archive, { maxBytes: 70_000_127 })).rejects.toThrow(refusal(/70000127/));
    await expect(parseNpz(archive, { maxBytes: Number.NaN })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "maxBytes" });
  });
});

it("a gzip file may unpack to 64 MiB and 16 times its size, or to what the caller says", async () => {
  const idx = new Uint8Array(8 + 70_000_000);
  idx.set([0, 0, 8, 1, ...numbers([4, 70_000_000]).reverse()]);
  const packed = gzipSync(idx);
  await expect(parseIdx(packed)).rejects.toThrow(refusal(/^a file of \d+ bytes becomes at least \d+ in memory/));
  expect((await parseIdx(packed, { maxBytes: 2 ** 27 })).shape).toEqual(Uint32Array.of(70_000_000));
});
