import { datasets, encode, encodeSpikes } from "spikelet";
import { describe, expect, it } from "vitest";

const values = Float32Array.from({ length: 60 }, (_, k) => (k % 20) / 19);
const shape = { units: 20, steps: 40 };

describe("a rate code", () => {
  const encoding = encode.rate({ max: 0.4, seed: 3 });

  it("draws the same spikes for a sample wherever it stands", async () => {
    const data = datasets.fromImages({ values, labels: [0, 1, 2], shape: [20] }).encode(encoding);
    const whole = await data.events({ steps: shape.steps });
    const part = await data.pick([2, 0]).events({ steps: shape.steps });
    expect(part.sample(0)).toEqual(whole.sample(2));
    expect(part.sample(1)).toEqual(whole.sample(0));
    expect(whole.sample(0)).not.toEqual(whole.sample(1));
  });

  it("gives a network the spikes that it shows", () => {
    const data = datasets.fromImages({ values, shape: [20] }).encode(encoding);
    expect(Array.from(data.pick([2, 1]).wire().arrays.rows ?? [])).toEqual([2, 1]);
  });

  it("depends on its seed", async () => {
    const first = await encodeSpikes(values, encoding, shape);
    expect(await encodeSpikes(values, encoding, shape)).toEqual(first);
    expect(await encodeSpikes(values, encode.rate({ max: 0.4, seed: 4 }), shape)).not.toEqual(first);
  });
});

describe("a regular code", () => {
  it("spikes at equal distances", async () => {
    const events = await encodeSpikes(Float32Array.of(0.5, 1), encode.regular({ minInterval: 4, maxInterval: 20 }), {
      units: 2,
      steps: 25,
    });
    expect([...events.triples()]).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 4, 1],
      [0, 8, 1],
      [0, 12, 0],
      [0, 12, 1],
      [0, 16, 1],
      [0, 20, 1],
      [0, 24, 0],
      [0, 24, 1],
    ]);
  });
});

it("options of an encoding of another type are refused", () => {
  const rate = { type: "rate", max: 0.4 } as const;
  expect(() => encode.latency(rate as object)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      path: "options.type",
      message: 'options.type: must be "latency", got "rate"',
    }),
  );
  expect(encode.rate(rate)).toEqual(rate);
});

describe("direct", () => {
  it("passes spikes on, and makes grey values the values of events at every step", async () => {
    const spikes = datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }] });
    expect(spikes.encode(encode.direct())).toBe(spikes);
    expect(() => spikes.encode(encode.latency())).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "encoding" }));
    const image = { values: Float32Array.of(0.5, 0, 1, 0.25), shape: [4] };
    const events = await datasets
      .fromImages(image)
      .encode(encode.direct({ every: 2 }))
      .events({ steps: 3 });
    expect([...events.triples()]).toEqual([0, 2].flatMap((step) => [0, 2, 3].map((unit) => [0, step, unit])));
    expect(events.values).toEqual(Float32Array.of(0.5, 1, 0.25, 0.5, 1, 0.25));
    const binary = await encodeSpikes(Float32Array.of(1, 0), encode.direct(), { units: 2, steps: 2 });
    expect([[...binary.triples()], binary.values]).toEqual([
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
      undefined,
    ]);
    await expect(encodeSpikes(values, encode.direct({ every: 0 }), shape)).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "encoding.every" }),
    );
  });
});
