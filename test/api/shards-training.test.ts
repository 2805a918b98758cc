import { type Config, createTrainer, datasets, encode, restoreTrainer, type SpikeDataset, type Trainer } from "spikelet";
import { describe, expect, it } from "vitest";
import { inChild } from "../support/child-memory.js";
import { config, events, folder, INPUTS, images, labels, network, packed, STEPS, signals, trains } from "../support/shards.js";

/** All bits that a training leaves, but for how long it took. */
async function bitsOf(trainer: Trainer): Promise<string> {
  return Buffer.from(await trainer.checkpoint()).toString("base64");
}

async function trained(config: Config, train: SpikeDataset, validation?: SpikeDataset): Promise<string> {
  using trainer = await createTrainer(config);
  await trainer.run(train, validation === undefined ? {} : { validation });
  return bitsOf(trainer);
}

describe("training from shards leaves the bits of training from memory", () => {
  const pixels = () => datasets.fromImages({ pixels: images(30), labels: labels(30), shape: [INPUTS] });
  const count = { type: "count" } as const;
  const cases: [string, Config, () => SpikeDataset][] = [
    ["events", config(), () => events()],
    ["samples drawn by class", config({ training: { sampling: "byClass" } }), () => events()],
    ["augmentation", config({ training: { augmentation: { eventDropout: 0.2, timeJitter: 1 } } }), () => events()],
    ["a simulation that ends with the batch", config({ loss: { type: "latency", endSimulation: "batch" } }), () => events()],
    [
      "a search for the initial weights",
      config({ training: { initialActivity: { spikesPerUnit: 1, samples: 9, tolerance: 0.3 } } }),
      () => events(),
    ],
    ["grey values", config(), () => pixels().encode(encode.shiftBack({ max: 5, min: 1 }))],
    ["random spikes of grey values", config(), () => pixels().encode(encode.rate({ max: 0.5, min: 0, seed: 3 }))],
    [
      "values",
      config(),
      () => {
        const values = Float32Array.from(images(30), (pixel) => pixel / 255);
        return datasets.fromImages({ values, labels: labels(30), shape: [INPUTS] }).encode(encode.latency({ last: 15 }));
      },
    ],
    [
      "signals",
      config({ network: network(4) }),
      () => datasets.fromSeries({ signals: signals(30), labels: labels(30) }).encode(encode.delta({ threshold: 0.2 })),
    ],
    [
      "wanted counts",
      config({ loss: count }),
      () => datasets.fromSpikes({ spikes: trains(30, INPUTS), counts: Float32Array.from({ length: 90 }, (_, k) => k % 4) }),
    ],
    [
      "wanted trains",
      config({ loss: { type: "spikeTrain" } }),
      () => datasets.fromSpikes({ spikes: trains(30, INPUTS), trains: trains(30, 3, 2) }),
    ],
    [
      "target series",
      config({
        network: {
          ...network(INPUTS),
          layers: [
            { type: "dense", units: 8 },
            { type: "dense", units: 3, neuron: { type: "leaky" } },
          ],
        },
        loss: { type: "trace" },
      }),
      () => {
        const series = Float32Array.from({ length: 30 * STEPS * 3 }, (_, k) => Math.sin(k / 50));
        return datasets.fromSpikes({ spikes: trains(30, INPUTS), series });
      },
    ],
  ];

  it.each(cases)("%s", async (_, config, make) => {
    const data = make();
    const stored = await packed(data);
    expect([stored.isStored, data.isStored]).toEqual([true, false]);
    const parts = (of: SpikeDataset) => [of.slice(0, 23), of.slice(23)] as const;
    expect(await trained(config, ...parts(stored))).toBe(await trained(config, ...parts(data)));
  });

  it("also stopped in an epoch and resumed, from either", async () => {
    const data = events();
    const stored = await packed(data);
    const whole = await trained(config(), data);
    for (const [first, second] of [
      [stored, stored],
      [data, stored],
      [stored, data],
    ] as const) {
      using trainer = await createTrainer(config());
      for await (const event of trainer.run(first)) if (event.type === "step" && event.step === 11) break;
      using resumed = await restoreTrainer(await trainer.checkpoint());
      await resumed.run(second);
      expect(await bitsOf(resumed)).toBe(whole);
    }
  });

  it("with the same samples for training and validation", async () => {
    const data = events();
    const stored = await packed(data);
    expect(await trained(config(), stored, stored)).toBe(await trained(config(), data, data));
  });

  it("when it stops for want of improvement", async () => {
    const early = config({ training: { epochs: 12, earlyStopping: { patience: 1 } } });
    const data = events();
    const stored = await packed(data);
    expect(await trained(early, stored.slice(0, 20), stored.slice(20))).toBe(
      await trained(early, data.slice(0, 20), data.slice(20)),
    );
  });
});

describe("a network answers for shards as for memory", () => {
  it("evaluates, predicts and gives gradients, also while it trains", async () => {
    const data = events();
    const stored = await packed(data);
    using trainer = await createTrainer(config());
    using other = await createTrainer(config());
    expect(await trainer.evaluate(stored)).toEqual(await trainer.evaluate(data));
    expect(await trainer.predict(stored)).toEqual(await trainer.predict(data));
    expect(await trainer.gradients(stored.slice(3, 9))).toEqual(await trainer.gradients(data.slice(3, 9)));
    const [, ...reports] = await Promise.all([trainer.run(stored), trainer.evaluate(stored), trainer.evaluate(stored)]);
    expect(reports).toHaveLength(2);
    await other.run(data);
    expect(await bitsOf(trainer)).toBe(await bitsOf(other));
  });
});

it("passes over data tell how far they have come, and a training what it has done at any time", async () => {
  const data = events(600);
  for (const of of [data, await packed(data, 100)]) {
    using trainer = await createTrainer(config());
    for (const pass of ["evaluate", "predict"] as const) {
      const seen: { done: number; all: number }[] = [];
      await trainer[pass](of, { onProgress: (progress) => seen.push(progress) });
      expect(seen.at(-1)).toEqual({ done: 600, all: 600 });
      expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    }
    const known: number[] = [];
    for await (const event of trainer.run(of)) if (event.type === "epochEnd") known.push((await trainer.history()).length);
    expect(known).toEqual([1, 2, 3]);
  }
});

it("training takes memory for the batches at work, not for the data", async () => {
  const [SAMPLES, SPIKES] = [250, 8000];
  const one = { times: Uint16Array.from({ length: SPIKES }, (_, k) => (k * STEPS) / SPIKES), units: new Uint32Array(SPIKES) };
  const part = datasets.fromSpikes({
    spikes: Array.from({ length: SAMPLES }, () => one),
    labels: labels(SAMPLES),
    shape: [INPUTS],
  });
  const dir = folder();
  const { samples, bytes } = await datasets.packShards(Array(32).fill(part), { dir, samplesPerShard: 2000 });
  // Half of it is more than what batches at work take, with what the collector may leave for later (64 MB) on a busy machine.
  expect(bytes).toBeGreaterThan(380e6);
  const settings = JSON.stringify({ ...config(), training: { batchSize: 32, epochs: 1 } });
  const { report, before, peak } = await inChild(
    `const data = await datasets.shards({ dir: input });
     const trainer = await createTrainer(${settings});
     const { epochs } = await trainer.run(data.slice(500), { validation: data.slice(0, 500) });
     report(epochs[0].train.samples);`,
    { input: dir },
  );
  expect(report).toBe(samples - 500);
  expect(peak - before).toBeLessThan(bytes / 2);
});

it("stops at once when it is aborted while it reads", async () => {
  const stored = await packed(events());
  using trainer = await createTrainer(config({ training: { epochs: 10_000 } }));
  const stop = new AbortController();
  const run = (async () => {
    for await (const event of trainer.run(stored, { signal: stop.signal }))
      if (event.type === "epochEnd") stop.abort(new Error("enough"));
  })();
  await expect(run).rejects.toThrow("enough");
});
