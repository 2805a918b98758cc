import { createTrainer, datasets, encode, type Recommendation, recommend, type SpikeDataset } from "spikelet";
import { describe, expect, it } from "vitest";

const CLASSES = 3;
const SAMPLES = 60;
const labels = Array.from({ length: SAMPLES }, (_, k) => k % CLASSES);

/** Swings of three speeds, on channels that are moved and scaled as told. */
function swings({ points = 60, scales = [1, 1], offsets = [0, 0], sampleRate = 50 } = {}): SpikeDataset {
  const signals = labels.map((label, k) =>
    scales.map((scale, channel) =>
      Float32Array.from({ length: points }, (_, t) => {
        const turns = ((label + 1) * t) / 20;
        return (offsets[channel] ?? 0) + scale * Math.sin(2 * Math.PI * (turns + 0.37 * k) + channel);
      }),
    ),
  );
  return datasets.fromSeries({ signals, labels, sampleRate });
}

function values(shape: readonly number[], ofLabels = labels): SpikeDataset {
  const units = shape.reduce((all, size) => all * size, 1);
  const drawn = Float32Array.from({ length: ofLabels.length * units }, (_, k) => ((k * 37) % 11) / 10);
  return datasets.fromImages({ values: drawn, labels: ofLabels, shape: [...shape] });
}

const whyOf = ({ reasons }: Recommendation, setting: string) => reasons.find((reason) => reason.setting === setting)?.why;

/** Trains for one epoch: what was recommended must fit the data. */
async function fits(data: SpikeDataset, { config, encoding }: Recommendation): Promise<void> {
  const encoded = data.encode(encoding);
  using trainer = await createTrainer({ ...config, training: { ...config.training, epochs: 1, threads: 1 } });
  await trainer.run(encoded);
  const { accuracy, spikes } = await trainer.evaluate(encoded);
  expect(accuracy.membrane).toEqual(expect.any(Number));
  expect(spikes.perUnit[0]).toBeGreaterThan(0);
}

describe("recommend", () => {
  it("takes spikes of changes, learnt delays and a readout for signals", async () => {
    const data = swings();
    const recommended = await recommend(data);
    const { config, encoding } = recommended;
    // The deviation of a sine is 0.71, a fifth of it 0.14.
    expect(encoding).toEqual({ type: "delta", threshold: 0.14, maxSpikes: 3, start: expect.closeTo(0, 1) });
    expect(config.network.input).toBe(4);
    expect(config.network.layers).toEqual([
      expect.objectContaining({ type: "dense", delays: { by: "connection", max: 20, learn: true } }),
      { type: "dense", units: CLASSES, neuron: { type: "leaky" } },
    ]);
    // Spikes of the last points are delayed, too.
    expect(config.network.steps).toBeGreaterThanOrEqual(80);
    expect(config.loss?.type).toBe("membrane");
    expect(whyOf(recommended, "encoding")).toContain("0.14");
    expect(whyOf(recommended, "network.layers[0].delays")).toContain("20 steps");
    await fits(data, recommended);
  });

  it("follows the scale of signals, and says which channels need one of their own", async () => {
    const recommended = await recommend(swings({ scales: [100, 1] }));
    expect(recommended.encoding).toMatchObject({ threshold: 10 });
    expect(whyOf(recommended, "encoding.threshold")).toContain("100 times");
    // One start can't serve channels that lie far apart.
    expect((await recommend(swings({ offsets: [0, 50] }))).encoding).not.toHaveProperty("start");
  });

  it("takes the energies of bands for sound", async () => {
    const data = swings({ points: 4000, scales: [1], sampleRate: 8000 });
    const recommended = await recommend(data);
    expect(recommended.encoding).toMatchObject({ type: "logMel", hop: 80, window: 256, encoding: { type: "delta" } });
    expect(recommended.config.network.input).toBe(await data.encode(recommended.encoding).inputUnits());
    await fits(data, recommended);
  });

  it("takes convolutions for images, and averages large ones first", async () => {
    const data = values([12, 10]);
    const recommended = await recommend(data);
    expect(recommended.encoding.type).toBe("latency");
    expect(recommended.config.network.input).toEqual([1, 12, 10]);
    expect(recommended.config.network.layers.map(({ type }) => type)).toEqual([
      ...["conv2d", "avgPool2d", "conv2d", "avgPool2d"],
      ...["flatten", "dense"],
    ]);
    await fits(data, recommended);
    const large = await recommend(values([3, 100, 64]));
    expect(large.config.network.layers[0]).toEqual({ type: "avgPool2d", window: 3 });
    expect(whyOf(large, "network.layers[0]")).toContain("3 × 3");
  });

  it("makes more of each image where they are few", async () => {
    const of = async (samples: number) => {
      const { config, reasons } = await recommend(
        values(
          [12, 10],
          Array.from({ length: samples }, (_, k) => k % 2),
        ),
      );
      const { epochs = 0, batchSize = 0, augmentation } = config.training ?? {};
      const channels = config.network.layers.flatMap((layer) => (layer.type === "conv2d" ? [layer.channels] : []));
      const isSaid = reasons.some(({ setting }) => setting === "training.augmentation");
      return { shift: augmentation?.shift, channels, updates: Math.ceil(samples / batchSize) * epochs, isSaid };
    };
    const [few, many] = [await of(2960), await of(3040)];
    expect(few).toMatchObject({ shift: 2, channels: [16, 32], isSaid: true });
    expect(many).toMatchObject({ shift: 1, channels: [8, 16], isSaid: false });
    expect(few.updates / many.updates).toBeCloseTo(2, 0);
  });

  it("lets each value of a table spike, 0 too", async () => {
    const data = values([7]);
    const recommended = await recommend(data);
    expect(recommended.encoding).toMatchObject({ type: "latency", skipZero: false });
    expect(recommended.config.network.input).toBe(7);
    await fits(data, recommended);
  });

  it("takes spikes as they are, those of a camera into convolutions", async () => {
    const spikes = labels.map((label) => ({ times: [1, 5, 40], units: [label, 3, 4] }));
    const data = datasets.fromSpikes({ spikes, labels, shape: [5] });
    const recommended = await recommend(data);
    expect(recommended.encoding).toEqual({ type: "direct" });
    expect(recommended.config.network.steps).toBeGreaterThan(41);
    await fits(data, recommended);
    const camera = await recommend(datasets.fromSpikes({ spikes, labels, shape: [2, 8, 8] }));
    expect(camera.config.network).toMatchObject({ input: [2, 8, 8], steps: 41 });
  });

  it("lets classes of unequal size take turns, and trains few samples for more epochs", async () => {
    const unequal = await recommend(
      values(
        [4],
        labels.map((_, k) => (k % 10 === 0 ? 1 : 0)),
      ),
    );
    expect(unequal.config.training?.sampling).toBe("byClass");
    expect(whyOf(unequal, "training.sampling")).toContain("9 times");
    const many = await recommend(
      values(
        [4],
        Array.from({ length: 9000 }, (_, k) => k % 2),
      ),
    );
    expect(many.config.training?.epochs).toBeLessThan(unequal.config.training?.epochs ?? 0);
  });

  it("looks at no sample that is reserved for the test", async () => {
    const data = swings();
    const reserved = data.withParts({ testSamples: 20 });
    expect(await recommend(reserved)).toEqual(await recommend(data.slice(0, 40)));
  });

  it("refuses what it can't judge", async () => {
    const refused = (path: string, message: RegExp) =>
      expect.objectContaining({ code: "DATA_FORMAT", path, message: expect.stringMatching(message) });
    const unlabelled = datasets.fromImages({ values: new Float32Array(8), shape: [4] });
    await expect(recommend(unlabelled)).rejects.toThrow(refused("data", /labels/));
    await expect(
      recommend(
        values(
          [4],
          labels.map(() => 2),
        ),
      ),
    ).rejects.toThrow(refused("data.labels", /two classes/));
    const lone = datasets.fromSeries({ signals: [[[1, 2]], [[2, 1]], [[2, 3]]], labels: [0, 1, 0] });
    await expect(recommend(lone)).rejects.toThrow(refused("data.labels", /class 1 has one/));
    await expect(recommend(lone.encode(encode.delta()))).rejects.toThrow(refused("data", /withoutEncoding/));
    await expect(recommend(lone.encode(encode.delta()).withoutEncoding())).rejects.toThrow(refused("data.labels", /class 1/));
    const constant = datasets.fromSeries({ signals: Array(4).fill([[1, 1]]), labels: [0, 1, 0, 1] });
    await expect(recommend(constant)).rejects.toThrow(refused("data", /constant/));
    await expect(recommend({} as SpikeDataset)).rejects.toThrow(refused("data", /a data set/));
  });

  it("learns a few points of the Yin-Yang figure at the first try, and units fire", async () => {
    const { train, test } = (await datasets.yinYang({ samples: 700 })).split({ seed: 1 });
    const { config, encoding } = await recommend(train);
    using trainer = await createTrainer({ ...config, training: { ...config.training, epochs: 20, threads: 1 } });
    await trainer.run(train.encode(encoding));
    const { accuracy, spikes } = await trainer.evaluate(test.encode(encoding));
    // A linear classifier reaches 64 %.
    expect(accuracy.membrane).toBeGreaterThan(0.8);
    expect(spikes.perUnit[0]).toBeGreaterThan(0.3);
  });
});
