import { existsSync } from "node:fs";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets } from "spikelet";
import { beforeAll, describe, expect, it } from "vitest";

const FASHION = "/usr/share/datasets/fashion-mnist";

describe("fashionMnist", () => {
  if (!existsSync(FASHION)) console.warn(`fashionMnist is not tested: install Debian's dataset-fashion-mnist for ${FASHION}`);

  it.skipIf(!existsSync(FASHION))("reads the files of Debian's package", async () => {
    const data = await datasets.fashionMnist({ dir: FASHION });
    const { train, validation, test } = data.split({ seed: 1 });
    expect([data.info.name, train.length, validation.length, test.length]).toEqual(["fashionMnist", 50_000, 10_000, 10_000]);
    expect(Array.from(data.slice(0, 5).labels ?? [])).toEqual([9, 0, 0, 3, 0]);
  });
});

/** A recording: `[x, y, polarity, microseconds]` each. */
function recording(...events: [number, number, number, number][]): Uint8Array {
  return Uint8Array.from(events.flatMap(([x, y, p, t]) => [x, y, (p << 7) | (t >> 16), (t >> 8) & 255, t & 255]));
}

describe("nmnist", () => {
  let dir = "";

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "spikelet-nmnist-"));
    for (const [part, files] of [
      ["Train", 12],
      ["Test", 3],
    ] as const) {
      for (let label = 0; label < 10; label++) {
        await mkdir(join(dir, part, String(label)), { recursive: true });
        for (let k = 0; k < files; k++) {
          const bytes = recording([label, k, 1, 1000 * k], [label, k, 0, 70_000], [1, 1, 1, 299_999], [0, 0, 0, 300_000]);
          await writeFile(join(dir, part, String(label), `${String(k).padStart(5, "0")}.bin`), bytes);
        }
      }
    }
  });

  it("reads the folders, one recording of every class after the other", async () => {
    const seen: number[] = [];
    const data = await datasets.nmnist({ dir, onProgress: ({ done }) => seen.push(done) });
    expect(data.info).toEqual({ name: "nmnist", shape: [2, 34, 34], steps: 300, testSamples: 30, validationSamples: 20 });
    expect(Array.from(data.slice(8, 12).labels ?? [])).toEqual([8, 9, 0, 1]);
    expect(seen).toEqual([150]);
    const unit = (polarity: number, x: number, y: number) => (polarity * 34 + x) * 34 + y;
    const { times, units } = (await data.events({ steps: 300 })).sample(23);
    expect(Array.from(times)).toEqual([2, 70, 299]);
    expect(Array.from(units)).toEqual([unit(1, 3, 2), unit(0, 3, 2), unit(1, 1, 1)]);
    const { train, validation, test } = data.split({ seed: 1 });
    expect([train.length, validation.length, test.length]).toEqual([100, 20, 30]);
  });

  it("takes the first recordings of every class", async () => {
    const data = await datasets.nmnist({ dir, limit: { train: 25, test: 10 }, steps: 100 });
    expect(data.length).toBe(35);
    expect(data.info.testSamples).toBe(10);
    expect((await data.events({ steps: 100 })).sample(0).times).toEqual(Uint16Array.of(0, 23, 99));
  });

  it("names the recording that is broken", async () => {
    const broken = await mkdtemp(join(tmpdir(), "spikelet-nmnist-"));
    for (const part of ["train", "test"]) {
      for (let label = 0; label < 10; label++) await mkdir(join(broken, part, String(label)), { recursive: true });
      await writeFile(join(broken, part, "0", "1.bin"), recording([1, 2, 0, 5]));
    }
    const file = join(broken, "train", "7", "2.bin");
    await writeFile(file, Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    await expect(datasets.nmnist({ dir: broken })).rejects.toThrow(
      expect.objectContaining({
        code: "DATA_FORMAT",
        path: file,
        message: `${file}: byte 5: the last event has 2 of its 5 bytes`,
      }),
    );
    await writeFile(file, recording([1, 2, 0, 5], [40, 2, 0, 6]));
    await expect(datasets.nmnist({ dir: broken })).rejects.toThrow("byte 5: (40, 2) lies outside the sensor of 34 × 34");
  });

  it("names what is no recording but a folder, and what leads nowhere", async () => {
    const refused = (path: string) =>
      expect(datasets.nmnist({ dir: wrong })).rejects.toThrow(expect.objectContaining({ code: "READ_FAILED", path }));
    const wrong = await mkdtemp(join(tmpdir(), "spikelet-nmnist-"));
    for (const part of ["Train", "Test"]) {
      for (let label = 0; label < 10; label++) await mkdir(join(wrong, part, String(label)), { recursive: true });
      await writeFile(join(wrong, part, "0", "1.bin"), recording([1, 2, 0, 5]));
    }
    await mkdir(join(wrong, "Train", "3", "2.bin"));
    await refused(join(wrong, "Train", "3", "2.bin"));
    await symlink(join(wrong, "none"), join(wrong, "Train", "1", "2.bin"));
    await refused(join(wrong, "Train", "1", "2.bin"));
  });

  it("says what the folder must hold", async () => {
    const empty = await mkdtemp(join(tmpdir(), "spikelet-nmnist-"));
    await expect(datasets.nmnist({ dir: empty })).rejects.toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: empty, message: expect.stringContaining("Train and Test") }),
    );
    await expect(datasets.nmnist({ dir: join(empty, "none") })).rejects.toThrow("is not a folder that can be read");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(datasets.nmnist({ dir, signal })).rejects.toThrow("enough");
  });
});
