import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, type Speaker } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultFolder } from "../../ts/cli/download/folder.js";
import { spokenDigits as set } from "../../ts/cli/sets/spoken-digits.js";
import { wav } from "../support/wav.js";

const SPEAKERS: readonly Speaker[] = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"];
const INDICES = [0, 4, 5, 12];

let dir = "";

/** Recordings of 20 values, the first of which tells digit, speaker and index. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "spikelet-digits-"));
  await mkdir(join(dir, "recordings"));
  await writeFile(join(dir, "recordings", "notes.txt"), "not a recording");
  for (const [of, speaker] of SPEAKERS.entries()) {
    for (let digit = 0; digit < 10; digit++) {
      for (const index of INDICES) {
        const mark = (100 * digit + 13 * of + index) / 2 ** 15;
        const file = wav({ channels: [[mark, ...new Array(19).fill(0)]], sampleRate: 8000, format: 1, bits: 16 });
        await writeFile(join(dir, "recordings", `${digit}_${speaker}_${index}.wav`), file);
      }
    }
  }
});
afterAll(() => rm(dir, { recursive: true }));

/** Speakers and indices of recordings, each once. */
function toldBy(data: Awaited<ReturnType<typeof datasets.spokenDigits>>): { speakers: Speaker[]; indices: number[] } {
  const [speakers, indices] = [new Set<Speaker>(), new Set<number>()];
  for (let k = 0; k < data.length; k++) {
    const mark = Math.round((data.signal(k)?.[0]?.[0] ?? 0) * 2 ** 15) - 100 * (data.labels?.[k] ?? 0);
    const index = INDICES.find((one) => mark >= one && (mark - one) % 13 === 0 && (mark - one) / 13 < SPEAKERS.length) ?? -1;
    indices.add(index);
    speakers.add(SPEAKERS[(mark - index) / 13] as Speaker);
  }
  return { speakers: [...speakers].sort(), indices: [...indices].sort((a, b) => a - b) };
}

describe("spoken digits", () => {
  it("have the official test: recordings 0 to 4", async () => {
    const data = await datasets.spokenDigits({ dir });
    expect(data.info).toMatchObject({ sampleRate: 8000, shape: [1], testSamples: 120 });
    const { train, validation, test } = data.split({ seed: 1 });
    expect([train.length, validation.length, test.length]).toEqual([108, 12, 120]);
    expect(toldBy(test).indices).toEqual([0, 4]);
    expect(toldBy(train).indices).toEqual([5, 12]);
    expect(toldBy(test).speakers).toEqual(SPEAKERS);
  });

  it("may hold out a speaker, and another for validation", async () => {
    const data = await datasets.spokenDigits({ dir: join(dir, "recordings"), heldOut: "lucas", validation: "theo" });
    const { train, validation, test } = data.split({ seed: 1 });
    expect(toldBy(test)).toEqual({ speakers: ["lucas"], indices: INDICES });
    expect(toldBy(validation)).toEqual({ speakers: ["theo"], indices: INDICES });
    expect(toldBy(train).speakers).toEqual(["george", "jackson", "nicolas", "yweweler"]);
    expect([train.length, validation.length, test.length]).toEqual([160, 40, 40]);
    expect(data.split({ seed: 1, validation: 20 }).validation.length).toBe(20);
  });

  it("may be judged by the first five recordings of everyone that are not for the test", async () => {
    const { train, validation, test } = (await datasets.spokenDigits({ dir, validation: "everyone" })).split({ seed: 1 });
    expect([train, validation, test].map((part) => toldBy(part).indices)).toEqual([[12], [5], [0, 4]]);
    const heldOut = (await datasets.spokenDigits({ dir, heldOut: "theo", validation: "everyone" })).split({ seed: 1 });
    expect(toldBy(heldOut.validation).indices).toEqual([0, 4]);
    expect(toldBy(heldOut.train).speakers).not.toContain("theo");
  });

  it("come with variations of what is learnt, the same each time", async () => {
    const options = { dir, heldOut: "lucas", validation: "theo" } as const;
    const plain = (await datasets.spokenDigits(options)).split({ seed: 1 });
    const [varied, again] = await Promise.all([1, 2].map(() => datasets.spokenDigits({ ...options, copies: 2 })));
    const { train, validation, test } = varied?.split({ seed: 1 }) ?? plain;
    expect(train.length).toBe(3 * plain.train.length);
    expect(Array.from(train.labels ?? []).filter((digit) => digit === 7)).toHaveLength(3 * 16);
    const signals = (data: typeof train) => Array.from({ length: data.length }, (_, k) => data.signal(k));
    expect(signals(validation)).toEqual(signals(plain.validation));
    expect(signals(test)).toEqual(signals(plain.test));
    expect(signals(train)).toEqual(signals(again?.split({ seed: 1 }).train ?? plain.train));
    const lengths = signals(train).map((signal) => signal?.[0]?.length ?? 0);
    expect(lengths.filter((length) => length === 20)).toHaveLength(plain.train.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8000);
    const two = varied?.classes([3, 7]).split({ seed: 1 }) ?? plain;
    expect(signals(two.validation)).toEqual(signals(plain.validation.classes([3, 7])));
    expect([two.train.length, two.validation.length, two.test.length]).toEqual([96, 8, 8]);
  });

  it("refuse what is none", async () => {
    const refused = (work: Promise<unknown>, code: string, path: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code, path }));
    await refused(datasets.spokenDigits({ dir, heldOut: "theo", validation: "theo" }), "CONFIG_INVALID", "validation");
    await refused(datasets.spokenDigits({ dir, heldOut: "nobody" as Speaker }), "CONFIG_INVALID", "heldOut");
    await refused(datasets.spokenDigits({ dir, copies: 1 }), "CONFIG_INVALID", "validation");
    await refused(datasets.spokenDigits({ dir, validation: "theo", copies: -1 }), "CONFIG_INVALID", "copies");
    const other = await mkdtemp(join(tmpdir(), "spikelet-digits-"));
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", other);
    await refused(datasets.spokenDigits({ dir: join(other, "nowhere") }), "DATA_FORMAT", join(other, "nowhere"));
    await cp(join(dir, "recordings", "7_lucas_12.wav"), join(other, "7_lucas_12.wav"));
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", other);
    await refused(datasets.spokenDigits({ dir: other, heldOut: "george" }), "DATA_FORMAT", other);
    await refused(datasets.spokenDigits({ dir: other, heldOut: "lucas", validation: "theo" }), "DATA_FORMAT", other);
    const file = join(other, "1_theo_3.wav");
    await writeFile(file, wav({ channels: [[0]], sampleRate: 16000, format: 1, bits: 16 }));
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", file);
    await writeFile(file, "no sound");
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", file);
    await rm(file);
    await mkdir(file);
    await refused(datasets.spokenDigits({ dir: other }), "READ_FAILED", file);
    await rm(other, { recursive: true });
  });

  const real = process.env["SPIKELET_SPOKEN_DIGITS"] ?? defaultFolder("spokenDigits");
  it.skipIf(!existsSync(real))(
    "as published have 3,000 samples that become spikes (needs spikelet data fetch spokenDigits)",
    async () => {
      const data = await datasets.spokenDigits({ dir: real });
      const { train, validation, test } = data.split({ seed: 1 });
      expect([train.length, validation.length, test.length]).toEqual([2430, 270, 300]);
      const encoding = set.encoding;
      if (encoding === null) throw new Error("signals have an encoding");
      const events = await test.encode(encoding).events({ steps: 100 });
      expect(events.times.length).toBeGreaterThan(300 * 100);
    },
  );
});
