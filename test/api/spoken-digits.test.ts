import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, type Speaker } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spokenDigits as set } from "../../ts/cli/sets/spoken-digits.js";
import { defaultFolder } from "../../ts/cli/store/folder.js";
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

  it("refuse what is none", async () => {
    const refused = (work: Promise<unknown>, code: string, path: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code, path }));
    await refused(datasets.spokenDigits({ dir, heldOut: "theo", validation: "theo" }), "CONFIG_INVALID", "validation");
    await refused(datasets.spokenDigits({ dir, heldOut: "nobody" as Speaker }), "CONFIG_INVALID", "heldOut");
    const other = await mkdtemp(join(tmpdir(), "spikelet-digits-"));
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", other);
    await refused(datasets.spokenDigits({ dir: join(other, "nowhere") }), "DATA_FORMAT", join(other, "nowhere"));
    const file = join(other, "1_theo_3.wav");
    await writeFile(file, wav({ channels: [[0]], sampleRate: 16000, format: 1, bits: 16 }));
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", file);
    await writeFile(file, "no sound");
    await refused(datasets.spokenDigits({ dir: other }), "DATA_FORMAT", file);
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
      const encoded = test.encode(encoding);
      const [native, wasm] = await Promise.all(
        (["native", "wasm"] as const).map((backend) => encoded.events({ steps: 100, backend })),
      );
      expect(native?.times.length).toBeGreaterThan(300 * 100);
      expect(wasm).toEqual(native);
    },
  );
});
