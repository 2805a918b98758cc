import { runInNewContext } from "node:vm";
import { datasets, encode, encodeSpikes, SpikeEvents } from "spikelet";
import { describe, expect, it, vi } from "vitest";
import { fakeBackend } from "../support/fake-backend.js";

const pixels = Uint8Array.from({ length: 12 }, (_, k) => k * 20);

describe("a data set of images", () => {
  const data = datasets.fromImages({ pixels, labels: [0, 1, 2], shape: [2, 2] });

  it("knows samples, labels and values", () => {
    expect(data.length).toBe(3);
    expect(Array.from(data.labels ?? [])).toEqual([0, 1, 2]);
    expect(data.image(1)?.[0]).toBeCloseTo(80 / 255);
    expect(data.signal(3)).toBeUndefined();
  });

  it("has no image behind the last", () => {
    const refusal = expect.objectContaining({ code: "SHAPE_MISMATCH", path: "index", message: "index: must be below 2, got 2" });
    expect(() => data.slice(1).image(2)).toThrow(refusal);
  });

  it("feeds the picked samples with their encoding", () => {
    const { descriptor, arrays } = data
      .pick([2, 0])
      .encode(encode.latency({ first: 1, last: 9 }))
      .wire();
    expect(JSON.parse(descriptor)).toEqual({ inputs: "images", shape: [2, 2], encoding: { type: "latency", first: 1, last: 9 } });
    expect(Array.from(arrays.pixels ?? [])).toEqual([160, 180, 200, 220, 0, 20, 40, 60]);
    expect(Array.from(arrays.labels ?? [])).toEqual([2, 0]);
  });

  it("needs an encoding before it is fed", () => {
    expect(() => data.wire()).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "encoding" }));
  });

  it("shows its spikes", async () => {
    const events = await data.slice(1).encode(encode.latency()).events({ steps: 10, backend: fakeBackend() });
    expect(events.length).toBe(2);
  });

  it("refuses what does not fit", () => {
    expect(() => datasets.fromImages({ pixels, labels: [0, 1], shape: [2, 2] })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "labels" }),
    );
    expect(() => datasets.fromImages({ pixels, shape: [5] })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "shape" }),
    );
    expect(() => datasets.fromImages({ pixels, shape: [] })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "shape" }),
    );
    expect(() => datasets.fromImages({ pixels, labels: [0, 1, -1], shape: [2, 2] })).toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: "labels[2]" }),
    );
    for (const [value, message] of [
      [Number.NaN, "must be in 0..1, got NaN"],
      [-0.5, "must be in 0..1, got -0.5"],
      [200, "must be in 0..1, got 200; grey values up to 255 are given as bytes in pixels"],
    ] as const) {
      expect(() => datasets.fromImages({ values: Float32Array.of(0, 1, 0.5, value), shape: [2] })).toThrow(
        expect.objectContaining({ code: "DATA_FORMAT", path: "values[3]", reason: message }),
      );
    }
    expect(() => datasets.fromImages({ shape: [2, 2] })).toThrow(expect.objectContaining({ code: "DATA_FORMAT" }));
  });

  it.each([[3], [-1], [0.5], ["length"], ["1"], [1n], [Symbol("index")]])("picks no sample %s", (index) => {
    expect(() => data.pick([0, index as number])).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "indices[1]", message: expect.stringContaining("below 3") }),
    );
  });
});

it("series are one flat array", () => {
  const spikes = [{ times: [1], units: [0] }];
  for (const series of [[[1, 2]], [Float32Array.of(1, 2)]]) {
    expect(() => datasets.fromSpikes({ spikes, series: series as unknown as number[] })).toThrow(
      expect.objectContaining({
        code: "DATA_FORMAT",
        path: "series",
        message: expect.stringContaining("[sample][step][output]"),
      }),
    );
  }
});

it.each([[1n], [Symbol("number")], ["1"], [null], [[1]]])("%s is no target and no value of a signal", (entry) => {
  const spikes = [1, 2].map(() => ({ times: [1], units: [0] }));
  const entries = [1, entry] as number[];
  const refusal = (path: string) => expect.objectContaining({ name: "SpikeletError", code: "DATA_FORMAT", path });
  expect(() => datasets.fromSpikes({ spikes, labels: entries })).toThrow(refusal("labels[1]"));
  expect(() => datasets.fromSpikes({ spikes, counts: entries })).toThrow(refusal("counts[1]"));
  expect(() => datasets.fromSpikes({ spikes, series: entries })).toThrow(refusal("series[1]"));
  expect(() => datasets.fromSeries({ signals: [[entries]] })).toThrow(refusal("signals[0][0][1]"));
});

it.each([
  ["pixels", datasets.fromImages({ pixels, labels: [0, 1, 2], shape: [2, 2] }).encode(encode.rate())],
  ["values", datasets.fromImages({ values: new Float32Array(6), counts: [1, 2, 3], shape: [2] }).encode(encode.rate())],
  ["spikes", datasets.fromSpikes({ spikes: [{ times: [1], units: [2] }], trains: [{ times: [3], units: [0] }] })],
])("a data set of %s gives its arrays away and keeps its own", (_, data) => {
  const first = data.wire().arrays;
  const copy = structuredClone(first);
  // As a worker takes them over.
  structuredClone(first, { transfer: Object.values(first).map((array) => array.buffer as ArrayBuffer) });
  expect(data.wire().arrays).toEqual(copy);
});

describe("a data set of spikes", () => {
  const spikes = [
    { times: [3, 1], units: [0, 4] },
    { times: [], units: [] },
    { times: [7], units: [2] },
  ];
  const trains = SpikeEvents.fromTriples(
    [
      [0, 5, 1],
      [2, 6, 0],
    ],
    3,
  );

  it("has no images and no signals", () => {
    const data = datasets.fromSpikes({ spikes });
    expect([data.image(0), data.image(3), data.signal(0), data.signal(3)]).toEqual(Array(4).fill(undefined));
  });

  it("feeds events and wanted trains", () => {
    const { descriptor, arrays } = datasets.fromSpikes({ spikes, trains }).slice(1).wire();
    expect(JSON.parse(descriptor)).toEqual({ inputs: "events", shape: [] });
    expect(arrays).toEqual({
      offsets: Uint32Array.of(0, 0, 1),
      times: Uint16Array.of(7),
      units: Uint32Array.of(2),
      targetOffsets: Uint32Array.of(0, 0, 1),
      targetTimes: Uint16Array.of(6),
      targetUnits: Uint32Array.of(0),
    });
  });

  it("feeds wanted counts row by row", () => {
    const { arrays } = datasets
      .fromSpikes({ spikes, counts: [1, 2, 3, 4, 5, 6] })
      .pick([2, 0])
      .wire();
    expect(Array.from(arrays.counts ?? [])).toEqual([5, 6, 1, 2]);
  });

  it("shows its spikes before the end of the simulation", async () => {
    const data = datasets.fromSpikes({ spikes }).pick([0, 2, 1, 0]);
    expect([...(await data.events({ steps: 3 })).triples()]).toEqual([
      [0, 1, 4],
      [3, 1, 4],
    ]);
    expect((await data.events({ steps: 7 })).times).toEqual(Uint16Array.of(3, 1, 3, 1));
    expect((await data.events({ steps: 8 })).times).toEqual(Uint16Array.of(3, 1, 7, 3, 1));
  });

  it("says how many inputs a network needs where it has a shape", async () => {
    const backend = fakeBackend();
    expect(await datasets.fromSpikes({ spikes, shape: [2, 3] }).inputUnits({ backend })).toBe(6);
    await expect(datasets.fromSpikes({ spikes }).inputUnits({ backend })).rejects.toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: "shape" }),
    );
  });

  it("takes no encoding and only whole numbers", () => {
    expect(() => datasets.fromSpikes({ spikes }).encode(encode.latency())).toThrow(
      expect.objectContaining({ code: "DATA_FORMAT" }),
    );
    expect(() => datasets.fromSpikes({ spikes: [{ times: [Number.NaN], units: [0] }] })).toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: "spikes[0].times[0]" }),
    );
    expect(() => datasets.fromSpikes({ spikes: [{ times: [1], units: new Array<number>(1) }] })).toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: "spikes[0].units[0]" }),
    );
    expect(() => datasets.fromSpikes({ spikes: [{ times: [1, 2], units: [0] }] })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
    expect(() => datasets.fromSpikes({ spikes, labels: [0, 0, 0], counts: [1, 1, 1] })).toThrow(
      expect.objectContaining({ code: "DATA_FORMAT" }),
    );
  });

  it.each<[string, unknown[], string, string]>([
    ["a sample that is a word", ["push", 0, 0], "SHAPE_MISMATCH", "triples[1][0]"],
    ["a sample behind the last", [2, 0, 0], "SHAPE_MISMATCH", "triples[1][0]"],
    ["half a sample", [0.5, 0, 0], "SHAPE_MISMATCH", "triples[1][0]"],
    ["a step before the first", [0, -1, 0], "DATA_FORMAT", "triples[1][1]"],
    ["a step behind the last", [0, 0x1_0000, 0], "DATA_FORMAT", "triples[1][1]"],
    ["a unit that is a symbol", [0, 0, Symbol("unit")], "DATA_FORMAT", "triples[1][2]"],
    ["no unit", [0, 0], "DATA_FORMAT", "triples[1][2]"],
  ])("takes no triple with %s", (_, triple, code, path) => {
    const triples = [[0, 0xffff, 0xffff_ffff], triple] as [number, number, number][];
    expect(SpikeEvents.fromTriples(triples.slice(0, 1), 2).units).toEqual(Uint32Array.of(0xffff_ffff));
    expect(() => SpikeEvents.fromTriples(triples, 2)).toThrow(expect.objectContaining({ code, path }));
  });

  it("takes no trains of anything but whole numbers, equally many", () => {
    const refused = (code: string, path: string) => expect.objectContaining({ code, path });
    expect(() => SpikeEvents.fromTrains([{ times: [0.5], units: [0] }])).toThrow(refused("DATA_FORMAT", "trains[0].times[0]"));
    expect(() => SpikeEvents.fromTrains([{ times: [1], units: [] }])).toThrow(refused("SHAPE_MISMATCH", "trains[0].units"));
  });

  it("sorts triples by sample, in their order within each", () => {
    const events = SpikeEvents.fromTriples(
      [
        [2, 7, 2],
        [0, 3, 0],
        [2, 1, 5],
        [0, 1, 4],
      ],
      4,
    );
    expect(events.offsets).toEqual(Uint32Array.of(0, 2, 2, 4, 4));
    expect(events.times).toEqual(Uint16Array.of(3, 1, 7, 1));
    expect(events.units).toEqual(Uint32Array.of(0, 4, 2, 5));
    expect(SpikeEvents.fromTriples([], 0).length).toBe(0);
  });

  it("asks for no memory for more samples than it takes", () => {
    for (const samples of [2 ** 28, 0xffff_ffff]) {
      expect(() => SpikeEvents.fromTriples([], samples)).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", path: "samples" }),
      );
    }
  });

  it("picks none behind the last sample", () => {
    const events = SpikeEvents.fromTrains(spikes);
    expect(() => events.pick(Uint32Array.of(1, 3))).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", path: "indices[1]" }),
    );
  });

  it("lists its events", () => {
    expect([...SpikeEvents.fromTrains(spikes).triples()]).toEqual([
      [0, 3, 0],
      [0, 1, 4],
      [2, 7, 2],
    ]);
  });
});

describe("a split", () => {
  const labels = Array.from({ length: 1000 }, (_, k) => (k < 700 ? 0 : 1));
  const data = datasets.fromImages({ pixels: Uint8Array.from({ length: 1000 }, (_, k) => k % 256), labels, shape: [1] });
  const classes = (part: { labels: Uint32Array | undefined }) =>
    Array.from(part.labels ?? []).filter((label) => label === 1).length;

  it("has a tenth for validation and test, and the classes in proportion", () => {
    const { train, validation, test } = data.split({ seed: 3 });
    expect([train.length, validation.length, test.length]).toEqual([800, 100, 100]);
    expect([classes(train), classes(validation), classes(test)]).toEqual([240, 30, 30]);
  });

  it("depends on the seed alone", () => {
    const of = (seed: number) => data.split({ seed }).test.encode(encode.latency()).wire().arrays.pixels;
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(Array.from(of(1) ?? []).slice(0, 8)).toMatchInlineSnapshot(`
      [
        60,
        79,
        15,
        61,
        92,
        163,
        85,
        117,
      ]
    `);
  });

  it("takes numbers, shares, and refuses more than there is", () => {
    const { train, validation, test } = data.split({ seed: 0, train: 5, validation: 0, test: 0.5 });
    expect([train.length, validation.length, test.length]).toEqual([5, 0, 500]);
    expect(() => data.split({ seed: 0, train: 900 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => data.split({ seed: 0, validation: 1.5 })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "validation" }),
    );
    const many = { seed: 1, validation: 900, test: 900 };
    expect(() => data.split(many)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "split" }));
    expect(() => data.split({ seed: -1 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "seed" }));
  });
});

describe("a split by fractions", () => {
  it.each([10, 11, 15, 17, 30, 50, 90])("that add up to 1 takes all of %i samples", (count) => {
    const data = datasets.fromSpikes({ spikes: Array.from({ length: count }, () => ({ times: [1], units: [0] })), shape: [1] });
    const { train, validation, test } = data.split({ seed: 1, train: 0.7, validation: 0.15, test: 0.15 });
    expect(train.length + validation.length + test.length).toBe(count);
    const halves = data.split({ seed: 1, train: 0.5, validation: 0.5, test: 0 });
    expect(halves.train.length + halves.validation.length).toBe(count);
    const judged = data.split({ seed: 1, validation: 0.5, test: 0.5 });
    expect(judged.validation.length + judged.test.length).toBe(count);
    expect(() => data.split({ seed: 1, validation: count + 1, test: 0 })).toThrow(expect.objectContaining({ path: "split" }));
    const many = { seed: 1, train: 0.9, validation: 0.3, test: 0 };
    expect(() => data.split(many)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "split" }));
  });
});

it("some classes of a data set with a published test keep its test", async () => {
  const all = await datasets.yinYang({ samples: 70 });
  const own = all.info.testSamples ?? 0;
  const kept = [...(all.labels ?? [])].slice(-own).filter((label) => label !== 1).length;
  const { train, validation, test } = all.classes([0, 2]).split({ seed: 1 });
  expect(test.length).toBe(kept);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(own);
  expect(train.length + validation.length + kept).toBe([...(all.labels ?? [])].filter((label) => label !== 1).length);
});

it("classes are each taken once, and must be there", () => {
  const data = datasets.fromImages({ pixels, labels: [0, 4, 1], shape: [2, 2] });
  const refused = (path: string) => expect.objectContaining({ code: "CONFIG_INVALID", path });
  expect(() => data.classes([1, 1])).toThrow(refused("classes[1]"));
  expect(() => data.classes([0, 5])).toThrow(refused("classes[1]"));
  expect(() => data.slice(0, 1).classes([5])).toThrow(refused("classes[0]"));
  // Another part may have samples of these.
  expect(data.slice(0, 1).classes([4]).length).toBe(0);
  expect(data.classes([3]).length).toBe(0);
  expect(data.classes([4, 0]).labels).toEqual(Uint32Array.of(1, 0));
});

describe("the digits", () => {
  it("are 10,000, split into 8,000, 1,000 and 1,000 with all classes", async () => {
    const all = await datasets.digits();
    expect(all.length).toBe(10_000);
    const { train, validation, test } = all.split({ seed: 1 });
    expect([train.length, validation.length, test.length]).toEqual([8000, 1000, 1000]);
    expect(new Set(test.labels).size).toBe(10);
    expect(all.image(0)?.some((value) => value === 1 || value > 0.9)).toBe(true);
  });
});

it("grey values of another realm, as of a test's sandbox, are grey values", async () => {
  const pixels: Uint8Array = runInNewContext("Uint8Array.of(0, 255)");
  const images = datasets.fromImages({ pixels, shape: [1, 2], labels: [0] });
  expect(images.image(0)).toEqual(Float32Array.of(0, 1));
  const events = await encodeSpikes(pixels, encode.latency({ first: 0, last: 4 }), { units: 2, steps: 5 });
  expect(events.length).toBe(1);
});

it("targets of images are read once", () => {
  const read = vi.fn(() => [1]);
  const images = {
    pixels: new Uint8Array(2),
    shape: [1, 2],
    get labels() {
      return read();
    },
  };
  expect(datasets.fromImages(images).labels).toEqual(Uint32Array.of(1));
  expect(read).toHaveBeenCalledTimes(1);
});
