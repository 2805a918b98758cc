import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { inChild } from "../support/child-memory.js";
import { zerosNpy, zip } from "../support/zip.js";
import { damagedFile, FIXTURES } from "./parsers.js";

/** Asks for the table of the notes, of files that would take more: SPIKELET_TABLE=1 npx vitest run test/damage/memory.test.ts. */
const isTable = process.env["SPIKELET_TABLE"] === "1";
/** What each of them would take, were it read. */
const UNPACKED = isTable ? 2_000_000_000 : 250_000_000;
/** What the library for HDF5 and the garbage of a refusal take, beside what a file may. */
const SLACK = 128 * 2 ** 20;

const bomb = () => ({ packed: deflateRawSync(zerosNpy(UNPACKED)), size: UNPACKED + 128, crc: 0 });

const READ = {
  npz: "parseNpz(bytes)",
  idx: "parseIdx(bytes)",
  nir: "importNir(bytes)",
  shd: `writeFile(join(dirname(input), "shd_train.h5"), bytes)
    .then(() => copyFile(${JSON.stringify(join(FIXTURES, "shd_test.h5"))}, join(dirname(input), "shd_test.h5")))
    .then(() => datasets.shd({ dir: dirname(input) }))`,
};

const FILES: readonly [name: string, read: keyof typeof READ, bytes: () => Uint8Array | Promise<Uint8Array>][] = [
  ["an NPZ archive", "npz", () => zip([{ name: "a.npy", ...bomb() }])],
  [
    "an NPZ archive of 50 names for one file",
    "npz",
    () => {
      const content = zerosNpy(isTable ? 100_000_000 : 30_000_000);
      const file = { packed: deflateRawSync(content), size: content.length, crc: 0 };
      const files = Array.from({ length: 50 }, (_, k) => ({ name: `${k}.npy`, ...file }));
      return zip(files, { overlap: true });
    },
  ],
  ["an NPZ archive that hides its size", "npz", () => zip([{ name: "a.npy", ...bomb(), size: 1000 }])],
  ["a gzip file", "idx", () => gzipSync(new Uint8Array(UNPACKED).fill(8, 2, 3).fill(1, 3, 4))],
  ["the type of a NIR file", "nir", () => damagedFile("nir/long_type")],
  ["an array of a NIR file", "nir", () => damagedFile("nir/fill_values")],
  [
    "a text of a NIR file with a wrong length",
    "nir",
    async () => withLongText(await readFile(join(FIXTURES, "exchange/lif.nir"))),
  ],
  ["the labels of an SHD file", "shd", () => damagedFile("shd/fill_values")],
  ["twenty million rows of an SHD file", "shd", () => damagedFile("shd/twenty_million_rows")],
];

/** The text `input` is said to have 2³⁰ bytes: its length stands before the place of it in a heap. */
function withLongText(nir: Buffer): Uint8Array {
  const copy = Buffer.from(nir);
  copy.writeUInt32LE(2 ** 30 - 1, 8904);
  return copy;
}

describe("memory that a file does not justify is not taken by", () => {
  const rows: string[] = [];
  afterAll(() => {
    if (isTable) process.stdout.write(`${rows.join("\n")}\n`);
  });

  it.each(FILES)("%s", async (name, read, make) => {
    const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "file");
    const bytes = await make();
    await writeFile(file, bytes);
    const { report, before, peak, stderr } = await inChild(
      `const { copyFile, readFile, writeFile } = await import("node:fs/promises");
       const { dirname, join } = await import("node:path");
       const bytes = new Uint8Array(await readFile(input));
       report(await ${READ[read]}.then(() => "read", ({ code }) => code));`,
      { input: file },
    );
    const megabytes = ((peak - before) / 1e6).toFixed(0);
    rows.push(`| ${name} | ${bytes.length.toLocaleString("en-US")} | ${megabytes} MB | ${report} |`);
    expect([report, stderr]).toEqual(["DATA_FORMAT", expect.any(String)]);
    expect(peak - before).toBeLessThan(64 * 2 ** 20 + 16 * bytes.length + SLACK);
  });
});
