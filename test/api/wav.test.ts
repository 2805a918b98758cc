import { datasets } from "spikelet";
import { describe, expect, it } from "vitest";
import { wav } from "../support/wav.js";

const signal = [0, 0.5, -1, 0.25];

describe("WAV files", () => {
  it.each([
    { format: 1, bits: 8, error: 2 ** -7 },
    { format: 1, bits: 16, error: 0 },
    { format: 1, bits: 24, error: 0 },
    { format: 1, bits: 32, error: 0 },
    { format: 3, bits: 32, error: 0 },
    { format: 3, bits: 64, error: 0 },
  ])("of format $format with $bits bits are read", ({ format, bits, error }) => {
    const channels = [signal, signal.map((x) => x / 2)];
    for (const isExtensible of [false, true]) {
      const file = wav({ channels, sampleRate: 8000, format, bits, isExtensible });
      const data = datasets.fromWav({ files: [file, file], labels: [0, 1] });
      expect(data.info).toMatchObject({ shape: [2], sampleRate: 8000 });
      for (const [channel, values] of (data.signal(1) ?? []).entries()) {
        for (const [time, value] of values.entries()) {
          expect(Math.abs(value - (channels[channel]?.[time] ?? 0))).toBeLessThanOrEqual(error);
        }
      }
    }
  });

  it("that end within their sound are read up to there", () => {
    const file = wav({ channels: [signal], sampleRate: 8000, format: 1, bits: 16 });
    expect(datasets.fromWav({ files: [file.subarray(0, -3)] }).signal(0)).toEqual([Float32Array.of(0, 0.5)]);
  });

  it("whose lengths were never written are read to their end, and empty ones are empty", () => {
    const file = wav({ channels: [signal], sampleRate: 8000, format: 1, bits: 16 });
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    view.setUint32(file.length - 2 * signal.length - 4, 0, true);
    expect(datasets.fromWav({ files: [file] }).signal(0)).toEqual([new Float32Array()]);
    view.setUint32(4, 0, true);
    expect(datasets.fromWav({ files: [file] }).signal(0)).toEqual([Float32Array.from(signal)]);
  });

  it("are refused with the byte at fault", () => {
    const good = { channels: [signal], sampleRate: 8000, format: 1, bits: 16 };
    const refused = (file: Uint8Array, other = wav(good)) => {
      try {
        datasets.fromWav({ files: [other, file] });
        return "";
      } catch (thrown) {
        const { code, message } = thrown as { code: string; message: string };
        return `${code} ${message}`;
      }
    };
    expect(refused(wav(good))).toBe("");
    expect(refused(new Uint8Array(3))).toMatch(/^DATA_FORMAT files\[1\]: byte 0: a WAV file starts with RIFF/);
    expect(refused(wav({ ...good, format: 2 }))).toMatch(/16 bits of format 2 are not read/);
    expect(refused(wav({ ...good, sampleRate: 0 }))).toMatch(/the sample rate must be above 0/);
    expect(refused(wav({ ...good, channels: [] }))).toMatch(/must have at least 1 channel/);
    expect(refused(wav(good).subarray(0, 36))).toMatch(/the file ends without sound/);
    expect(refused(wav({ ...good, channels: [[Number.NaN]], format: 3, bits: 32 }))).toMatch(/must be finite/);
    expect(refused(wav({ ...good, sampleRate: 16000 }))).toMatch(/^SHAPE_MISMATCH files\[1\]: must have the sample rate/);
    expect(refused(wav({ ...good, channels: [signal, signal] }))).toMatch(
      /^SHAPE_MISMATCH files\[1\]: must have the number of channels/,
    );
  });
});
