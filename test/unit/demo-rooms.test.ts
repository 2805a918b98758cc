import { datasets } from "spikelet";
import { describe, expect, it, vi } from "vitest";
import { joined, Words } from "../../demo/listen/words.js";
import { DEFAULTS, ENCODING } from "../../demo/race/settings.js";
import { Training } from "../../demo/race/training.js";
import { Resampler } from "../../ts/page/resampler.js";

const sine = (hertz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, t) => 0.5 * Math.sin((2 * Math.PI * hertz * t) / rate));

const loudness = (sound: Float32Array) => Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);

describe("sound of the demo page at another rate", () => {
  it.each([48_000, 44_100, 16_000])("keeps what 8,000 Hz can hold, from %i Hz", (rate) => {
    const resampler = new Resampler(rate, 8000);
    const found = joined([resampler.push(sine(440, rate, 1)), resampler.end()]);
    expect(Math.abs(found.length - 8000)).toBeLessThanOrEqual(1);
    const expected = sine(440, 8000, 1);
    const middle = Array.from({ length: 7000 }, (_, t) => Math.abs((found[t + 500] ?? 0) - (expected[t + 500] ?? 0)));
    expect(Math.max(...middle)).toBeLessThan(0.005);
  });

  it("leaves out what it can't", () => {
    const resampler = new Resampler(48_000, 8000);
    expect(loudness(resampler.push(sine(6000, 48_000, 1)).subarray(500, 7000))).toBeLessThan(0.005);
  });

  it("is the same in pieces of any length", () => {
    const sound = sine(700, 44_100, 0.5);
    const [whole, parts] = [new Resampler(44_100, 8000), new Resampler(44_100, 8000)];
    const pieces: Float32Array[] = [];
    for (let at = 0, size = 1; at < sound.length; at += size, size = (size * 7) % 1031)
      pieces.push(parts.push(sound.subarray(at, at + size)));
    expect(joined(pieces)).toEqual(whole.push(sound));
  });

  it("is untouched at the same rate", () => {
    const sound = sine(440, 8000, 0.1);
    const resampler = new Resampler(8000, 8000);
    expect(joined([resampler.push(sound), resampler.end()])).toEqual(sound);
  });
});

describe("words of the demo page", () => {
  /** Lengths of the words that are found in a sound, in values, negative where they are too short. */
  function found(sound: Float32Array, piece: number): number[] {
    const lengths: number[] = [];
    let length = 0;
    const words = new Words({
      began: (first) => {
        length = first.length;
      },
      wentOn: (more) => {
        length += more.length;
      },
      ended: (isWord) => void lengths.push(isWord ? length : -length),
    });
    for (let at = 0; at < sound.length; at += piece) words.push(sound.subarray(at, at + piece));
    words.end();
    return lengths;
  }

  const silence = new Float32Array(4000);
  const word = sine(300, 8000, 0.4);

  it("are found between silences, whatever the pieces", () => {
    const sound = joined([silence, word, silence, word, silence]);
    const lengths = found(sound, 400);
    expect(lengths).toHaveLength(2);
    for (const length of lengths) expect(length).toBeGreaterThan(word.length);
    expect(found(sound, 77)).toEqual(lengths);
  });

  it("are a second at most, and no clicks", () => {
    expect(found(joined([silence, sine(300, 8000, 2)]), 400)[0]).toBe(8000);
    expect(found(joined([silence, sine(300, 8000, 0.05), silence]), 400).every((length) => length < 0)).toBe(true);
    expect(found(silence, 400)).toEqual([]);
  });
});

describe("Race of the demo page", () => {
  it("trains with the last of several settings, where it trained before", async () => {
    const digits = (await datasets.digits()).encode(ENCODING);
    const told = { changed: vi.fn(), advanced: vi.fn(), failed: vi.fn() };
    const training = new Training({ train: digits.slice(0, 64), validation: digits.slice(64, 96) }, told);
    const settings = { ...DEFAULTS, course: "both" as const };
    await training.prepare({ ...settings, hidden: 8 });
    training.run();
    await Promise.all([9, 10, 11].map((hidden) => training.prepare({ ...settings, hidden })));
    expect(training.state).toBe("training");
    expect(training.race?.of("antlr").trainer.config.network.layers[0]).toMatchObject({ units: 11 });
    training.pause();
    await Promise.all([12, 13].map((hidden) => training.prepare({ ...settings, hidden })));
    expect(training.state, "paused before").toBe("ready");
    expect(told.failed).not.toHaveBeenCalled();
    training.race?.[Symbol.dispose]();
  });
});
