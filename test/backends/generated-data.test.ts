import { createHash } from "node:crypto";
import { datasets, encode, type SpikeEvents } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

/** A short name of all spikes: equal on every machine. */
function digest({ offsets, times, units }: SpikeEvents): string {
  const hash = createHash("sha256");
  for (const array of [offsets, times, units]) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest("hex").slice(0, 16);
}

describe.each(BACKENDS)("drawn data sets have the same bits on every machine: %s", (backend) => {
  it("yinYang", async () => {
    const data = await datasets.yinYang({ seed: 1, backend });
    const { train, validation, test } = data.split({ seed: 1 });
    expect([train.length, validation.length, test.length]).toEqual([5000, 1000, 1000]);
    expect(data.image(0)?.length).toBe(5);
    const events = await data.encode(encode.latency({ first: 0, last: 40, skipZero: false })).events({ steps: 60, backend });
    expect(events.times.length).toBe(5 * 7000);
    expect(digest(events)).toBe("8eecfc489729c530");
  });

  it("randman", async () => {
    const data = await datasets.randman({ classes: 3, samplesPerClass: 40, units: 9, seed: 2, backend });
    expect(Array.from(data.slice(0, 4).labels ?? [])).toEqual([0, 1, 2, 0]);
    expect(data.info.steps).toBe(100);
    expect(digest(await data.events({ steps: 100 }))).toBe("1586697d95fb9985");
  });

  it("spikeTrainMatching", async () => {
    const data = await datasets.spikeTrainMatching({ samples: 2, seed: 3, backend });
    expect(data.labels).toBeUndefined();
    const { targetOffsets, targetUnits } = data.wire().arrays;
    expect(targetOffsets?.length).toBe(3);
    expect(Math.max(...(targetUnits ?? []))).toBeLessThan(10);
    expect(digest(await data.events({ steps: 100 }))).toBe("02bd436629d26436");
  });

  it("rate-coded digits", async () => {
    const digits = (await datasets.digits()).slice(0, 20).encode(encode.rate({ max: 0.2, seed: 9 }));
    expect(digest(await digits.events({ steps: 100, backend }))).toBe("3b498f498e30a9d2");
  });

  it("simulated events", async () => {
    const digits = await datasets.digits();
    const picked = digits.pick(Array.from({ length: 200 }, (_, k) => k * 50));
    const data = await datasets.simulatedEvents(picked, { backend });
    expect(digest(await data.events({ steps: 300 }))).toBe("7817788f114f19f9");
  });
});

describe("simulatedEvents", () => {
  it.each([1.5, -0.1, Number.NaN])("refuses the value %d, as encodings do", async (value) => {
    const values = new Float32Array(100 * 4);
    const images = datasets.fromImages({ values, shape: [2, 2] });
    values[4 * 70 + 1] = value;
    const refusal = expect.objectContaining({
      code: "DATA_FORMAT",
      path: "values[281]",
      message: expect.stringContaining("0..1"),
    });
    expect(() => datasets.fromImages({ values, shape: [2, 2] })).toThrow(refusal);
    await expect(datasets.simulatedEvents(images)).rejects.toThrow(refusal);
    await expect(images.encode(encode.latency()).events({ steps: 30 })).rejects.toThrow(refusal);
  });

  it("makes recordings like those of N-MNIST, and says that they are simulated", async () => {
    const digits = await datasets.digits();
    const picked = digits.pick(Array.from({ length: 200 }, (_, k) => k * 50));
    const data = await datasets.simulatedEvents(picked);
    expect(data.info).toEqual({ name: "digits, simulated events", shape: [2, 34, 34], steps: 300 });
    expect(data.labels).toEqual(picked.labels);
    const events = await data.events({ steps: 300 });
    const perSample = events.times.length / data.length;
    // The recording beside the specification has 4295 events.
    expect(perSample).toBeGreaterThan(2500);
    expect(perSample).toBeLessThan(5500);
    const rising = events.units.filter((unit) => unit >= 34 * 34).length / events.units.length;
    expect(rising).toBeGreaterThan(0.45);
    expect(rising).toBeLessThan(0.55);
  });

  it("refuses spikes, wrong options and an abort", async () => {
    const digits = (await datasets.digits()).slice(0, 3);
    await expect(datasets.simulatedEvents(digits, { threshold: 0 })).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "threshold" }),
    );
    await expect(datasets.simulatedEvents(digits, { size: 20 })).rejects.toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "pixels" }),
    );
    const spikes = datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }], shape: [1, 1] });
    await expect(datasets.simulatedEvents(spikes)).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(datasets.simulatedEvents(digits, { signal })).rejects.toThrow("enough");
  });
});

it("options that are not given may be undefined", async () => {
  const options = { samples: undefined, units: undefined, inputs: undefined, size: undefined, steps: undefined } as object;
  expect((await datasets.randman(options)).info).toMatchObject({ shape: [20], steps: 100 });
  expect((await datasets.spikeTrainMatching(options)).info).toMatchObject({ shape: [100], steps: 100 });
  const image = datasets.fromImages({ pixels: new Uint8Array(4), shape: [2, 2] });
  expect((await datasets.simulatedEvents(image, { size: undefined, steps: undefined } as object)).info).toMatchObject({
    shape: [2, 34, 34],
    steps: 300,
  });
});

it("options are refused with their path", async () => {
  await expect(datasets.yinYang({ samples: 0 })).rejects.toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", path: "samples" }),
  );
  await expect(datasets.randman({ smoothness: 0 })).rejects.toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", path: "smoothness" }),
  );
  await expect(datasets.yinYang({ type: "randman" } as object)).rejects.toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", path: "type" }),
  );
});
