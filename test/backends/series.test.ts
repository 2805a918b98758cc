import { datasets, type Encoding, encode } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { describe, expect, it, vi } from "vitest";
import { BACKENDS } from "../support/backends.js";

/** Two samples of unequal length, two channels. */
const series = [
  [
    [0, 0.25, 0.5, 0.25],
    [1, 1, -1, 1],
  ],
  [
    [0.5, 0],
    [0, 3],
  ],
];
const data = datasets.fromSeries({ signals: series, labels: [0, 1], sampleRate: 50, unit: "m/s²" });

/** A tone that rises, in a little noise. */
const sound = Float32Array.from({ length: 3000 }, (_, t) => 0.5 * Math.sin(0.0002 * t * t) + 0.01 * Math.sin(17 * t));

const ENCODINGS: Record<string, Encoding> = {
  delta: encode.delta({ threshold: 0.05, maxSpikes: 3 }),
  levels: encode.levels({ count: 12 }),
  current: encode.current({ neurons: 4, gain: 9, bias: 0.5, timeConstant: 5, spread: 0.3, seed: 2 }),
  logMel: encode.logMel({ window: 200, hop: 80, mels: 16, encoding: encode.delta({ threshold: 0.3, maxSpikes: 5 }) }),
};

describe("signals", () => {
  it("become spikes of falls and rises", async () => {
    const events = await data.encode(encode.delta({ threshold: 0.25 })).events({ steps: 10 });
    expect([...events.triples()]).toEqual([
      [0, 1, 2],
      [0, 2, 1],
      [0, 2, 2],
      [0, 3, 0],
      [0, 3, 3],
      [1, 1, 0],
      [1, 1, 3],
    ]);
  });

  it("know their rate, unit, classes and channels", () => {
    expect(data.info).toMatchObject({ shape: [2], sampleRate: 50, unit: "m/s²" });
    expect(data.pick([1]).signal(0)).toEqual([Float32Array.of(0.5, 0), Float32Array.of(0, 3)]);
    expect(() => data.signal(2)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "index" }));
    expect(data.image(0)).toBeUndefined();
    expect([...(data.pick([1]).labels ?? [])]).toEqual([1]);
  });

  it.each(Object.entries(ENCODINGS))("give the same spikes on every backend, alone and together: %s", async (_, encoding) => {
    const sounds = datasets.fromSeries({ signals: [[sound], [sound.subarray(500)], [sound.map((x) => -x)]] }).encode(encoding);
    const native = await sounds.events({ steps: 2000, backend: "native" });
    expect(native.times.length).toBeGreaterThan(100);
    for (const backend of BACKENDS) expect(await sounds.events({ steps: 2000, backend })).toEqual(native);
    const picked = await sounds.pick([2, 1]).events({ steps: 2000 });
    expect(picked.sample(0)).toEqual(native.sample(2));
    expect(picked.sample(1)).toEqual(native.sample(1));
    const units = await sounds.inputUnits();
    expect(Math.max(...(native.units ?? []))).toBeLessThan(units);
  });

  it.each(BACKENDS)("train a network on %s", async (backend) => {
    const { createTrainer } = await import("spikelet");
    const encoded = data.encode(encode.delta({ threshold: 0.25 }));
    const input = await encoded.inputUnits({ backend });
    expect(input).toBe(4);
    const config = { network: { input, steps: 10, layers: [{ type: "dense", units: 2 }] }, training: { epochs: 2 } } as const;
    using trainer = await createTrainer(
      { ...config, network: { ...config.network, layers: [...config.network.layers] } },
      { backend },
    );
    const { epochs } = await trainer.run(encoded);
    expect(epochs).toHaveLength(2);
    const three = datasets.fromSeries({ signals: [[[1], [2], [3]]], labels: [0] }).encode(encode.delta());
    await expect(trainer.evaluate(three)).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "encoding" }));
  });

  it("take the sample rate of the data for log-mel features", () => {
    expect(data.encode(encode.logMel()).encoding).toMatchObject({ sampleRate: 50 });
    expect(() => data.encode(encode.logMel({ sampleRate: 8000 }))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "encoding.sampleRate" }),
    );
  });

  it("refuse what does not fit", async () => {
    const refused = (work: () => unknown) => {
      try {
        work();
        return undefined;
      } catch (thrown) {
        return thrown as { code: string; path: string };
      }
    };
    expect(refused(() => data.encode(encode.latency()))).toMatchObject({ code: "DATA_FORMAT", path: "encoding" });
    const images = datasets.fromImages({ values: Float32Array.of(0, 1), shape: [2] });
    expect(refused(() => images.encode(encode.delta()))).toMatchObject({ code: "DATA_FORMAT", path: "encoding" });
    expect(refused(() => datasets.fromSeries({ signals: [[[1], [1, 2]]] }))).toMatchObject({ path: "signals[0][1]" });
    const timeFirst = Array.from({ length: 20 }, (_, time) => [time, 100 + time]);
    const channels = [0, 100].map((from) => Array.from({ length: 20 }, (_, time) => from + time));
    expect(refused(() => datasets.fromSeries({ signals: [timeFirst] }))).toMatchObject({
      code: "SHAPE_MISMATCH",
      path: "signals[0]",
      reason: expect.stringContaining('layout "channelsLast"'),
    });
    const turned = datasets.fromSeries({ signals: [timeFirst], layout: "channelsLast" });
    expect((await turned.load()).signal(0)).toEqual(channels.map((channel) => Float32Array.from(channel)));
    expect(refused(() => datasets.fromSeries({ signals: [[[1, 2], [3]]], layout: "channelsLast" }))).toMatchObject({
      path: "signals[0][1]",
    });
    expect(refused(() => datasets.fromSeries({ signals: [[[1]], [[1], [2]]] }))).toMatchObject({ path: "signals[1]" });
    expect(refused(() => datasets.fromSeries({ signals: [[[0, Number.NaN]]] }))).toMatchObject({ path: "signals[0][0][1]" });
    expect(refused(() => datasets.fromSeries({ signals: [[[1e39]]] }))).toMatchObject({ code: "DATA_FORMAT" });
    expect(refused(() => datasets.fromSeries({ signals: series, labels: [1] }))).toMatchObject({ path: "labels" });
    await expect(data.events({ steps: 3 })).rejects.toThrow(/signals need one: data.encode\(encode.delta\(\)\)/);
    const backend = await loadBackend();
    const wrong = backend.encodeSeries('{"type":"delta"}', Float32Array.of(1, Number.NaN), Uint32Array.of(0, 2), 1, 5);
    await expect(wrong).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "values[1]" }));
  });
});

describe("tables", () => {
  const table = "time,x,y,take,gesture\n0,1,2,a,wave\n1,1.5,2,a,wave\n\n0,-1,0,b,rest\n";
  const options = { channels: ["x", "y"], sample: "take", label: "gesture", classes: ["rest", "wave"], sampleRate: 100 };

  it("become signals", async () => {
    const read = await datasets.fromCsv(table, options);
    expect(read.length).toBe(2);
    expect([...(read.labels ?? [])]).toEqual([1, 0]);
    expect(read.signal(0)).toEqual([Float32Array.of(1, 1.5), Float32Array.of(2, 2)]);
    for (const [texts, path] of [
      ["data/table.csv", "texts"],
      [[table, "b.TSV"], "texts[1]"],
    ] as const) {
      const refusal = {
        code: "DATA_FORMAT",
        path,
        reason: expect.stringMatching(/^is the name of a file; .*readFile\(".*file\.text/),
      };
      await expect(datasets.fromCsv(texts, options)).rejects.toMatchObject(refusal);
    }
    const two = await datasets.fromCsv(["x;c\n1;0\n2;0", "x;c\n3;1"], { channels: ["x"], label: "c", delimiter: ";" });
    expect([two.length, ...(two.labels ?? [])]).toEqual([2, 0, 1]);
  });

  it("may have lines that end differently", async () => {
    const read = await datasets.fromCsv('x,y\r\n1,2\n3,4\r5,"6"\r\n', { channels: ["x", "y"] });
    expect(read.signal(0)).toEqual([Float32Array.of(1, 3, 5), Float32Array.of(2, 4, 6)]);
  });

  it("may have columns of one name that nobody asks for", async () => {
    const warned = vi.spyOn(console, "warn");
    const read = await datasets.fromCsv("x,,\n1,2,3", { channels: ["x"] });
    expect(read.signal(0)).toEqual([Float32Array.of(1)]);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it.each([
    ["x\nten", { channels: ["x"] }, "texts[0], line 2: x"],
    ["x\n1\n\n", { channels: ["y"] }, "texts[0]"],
    ["x\n", { channels: ["x"] }, "texts[0]"],
    ["x\n1e39", { channels: ["x"] }, "texts[0], line 2: x"],
    ["x,c\n1,4294967296", { channels: ["x"], label: "c" }, "texts[0], line 2: c"],
    ["x\n1\r\n2\r\nno\r\n", { channels: ["x"] }, "texts[0], line 4: x"],
    ["x,c\n1,-1", { channels: ["x"], label: "c" }, "texts[0], line 2: c"],
    ["x,c\n1,one", { channels: ["x"], label: "c", classes: ["two"] }, "texts[0], line 2: c"],
    ["x,c\n1,0\n\n2,0\n3,1", { channels: ["x"], label: "c" }, "texts[0], line 5: c"],
    ["x,y\n1,2\n1", { channels: ["x"] }, "texts[0], line 3"],
    ["x,c\n1,2\n\n , \n3,4", { channels: ["x"] }, "texts[0], line 4: x"],
    ["x,y\n1,1\n,\n4,4", { channels: ["x", "y"] }, "texts[0], line 3: x"],
    ["\nx,c\n\n1,2\n3", { channels: ["x"] }, "texts[0], line 5"],
    ['x,c\r\n1,"two\r\nlines"\r\nten,2', { channels: ["x"] }, "texts[0], line 4: x"],
    ['x\n\n"1', { channels: ["x"] }, "texts[0], line 3"],
    ["x\n1", { channels: ["constructor"] }, "texts[0]"],
    ["x\n1", { channels: ["__proto__"] }, "texts[0]"],
    ["x,x\n1,2", { channels: ["x"] }, "texts[0]"],
  ])("name the table or line at fault: %j", async (text, wrong, path) => {
    await expect(datasets.fromCsv(text, wrong)).rejects.toThrow(expect.objectContaining({ code: "DATA_FORMAT", path }));
  });
});
