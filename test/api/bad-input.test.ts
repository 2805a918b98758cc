import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  encode,
  type LayerConfig,
  parseIdx,
  restoreNetwork,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

const failure = (code: string, path: string | RegExp) =>
  expect.objectContaining({ name: "SpikeletError", code, path: typeof path === "string" ? path : expect.stringMatching(path) });

describe("a bad configuration", () => {
  const { network } = tinyConfig;
  it.each<[string, unknown]>([
    ["network.layers[1].units", { network: { ...network, layers: [network.layers[0], { type: "dense", units: 0 }] } }],
    ["network.layers[0].type", { network: { ...network, layers: [{ type: "recurrent", units: 3 }] } }],
    ["network.layers", { network: { ...network, layers: [] } }],
    ["network.steps", { network: { ...network, steps: 0 } }],
    ["network.neuron.currentDecay", { network: { ...network, neuron: { currentDecay: 1.5 } } }],
    ["optimizer.learningRate", { network, optimizer: { type: "adam", learningRate: -1 } }],
    ["rule.variant", { network, rule: { type: "antlr", variant: "slayer" } }],
    ["rule.resetPath.activation", { network, rule: { type: "antlr", resetPath: { activation: "full" } } }],
    ["rule.surrogate.halfWidth", { network, rule: { type: "antlr", surrogate: { type: "triangle", halfWidth: 0 } } }],
    ["rule.timingWeight", { network, rule: { type: "antlr", timingWeight: [1, 1, 1] } }],
    ["loss.kernelDecay", { network, loss: { type: "spikeTrain", kernelDecay: 1 } }],
    ["training.threads", { network, training: { threads: "many" } }],
    ["training.batchSize", { network, training: { batchSize: 0 } }],
  ])("names %s", async (path, config) => {
    await expect(createTrainer(config as Config)).rejects.toEqual(failure("CONFIG_INVALID", path));
  });

  it("is none for the reset that a readout inherits and does not have", async () => {
    const layers: LayerConfig[] = [
      { type: "dense", units: 3, neuron: { reset: "all" } },
      { type: "dense", units: 2, neuron: { type: "leaky" } },
    ];
    const config: Config = {
      network: { input: 4, steps: 10, neuron: { reset: "subtract" }, layers },
      rule: { type: "antlr", slopeFloor: 0 },
      loss: { type: "membrane" },
    };
    using trainer = await createTrainer(config);
    expect(trainer.info.layers).toHaveLength(2);
  });

  it("names an unknown field", async () => {
    const config = { network, training: { bachSize: 3 } } as unknown as Config;
    await expect(createTrainer(config)).rejects.toThrow(/bachSize/);
    await expect(createTrainer(config)).rejects.toEqual(failure("CONFIG_INVALID", /^training/));
  });

  it("names what is nested too deeply, and what holds itself", async () => {
    const around: unknown[] = [];
    around.push(around);
    for (const given of [around, JSON.parse("[".repeat(1000) + "]".repeat(1000))]) {
      const config = { network, training: given } as unknown as Config;
      await expect(createTrainer(config)).rejects.toEqual(failure("CONFIG_INVALID", /^training(\[0\])+$/));
    }
  });

  it("finds in milliseconds that shared references would expand to millions of values", async () => {
    let shared: unknown = [1];
    for (let level = 0; level < 60; level++) shared = [shared, shared];
    const config = { network, training: shared } as unknown as Config;
    await expect(createTrainer(config)).rejects.toEqual(failure("CONFIG_INVALID", ""));
    await expect(createTrainer(config)).rejects.toThrow("has more than 1048576 values");
  });

  it("names what is nested too deeply by way of a shared reference", async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 80; level++) deep = [deep];
    let deeper = deep;
    for (let level = 0; level < 80; level++) deeper = { deeper };
    const config = { network, training: { deep, deeper } } as unknown as Config;
    await expect(createTrainer(config)).rejects.toThrow("is nested more than 100 levels deep");
  });

  it("names an unknown SIMD level", async () => {
    await expect(createNetwork(tinyConfig, { simd: "avx9000" })).rejects.toEqual(failure("SIMD_UNSUPPORTED", "simd"));
  });

  it("has a wrong encoding", async () => {
    using net = await createNetwork(tinyConfig);
    const data = datasets.fromImages({ pixels: new Uint8Array(4), shape: [4] }).encode(encode.latency({ last: -3 }));
    await expect(net.predict(data)).rejects.toEqual(failure("CONFIG_INVALID", /last$/));
  });
});

describe("bad data", () => {
  it("have steps or units outside the network", async () => {
    using network = await createNetwork(tinyConfig);
    const predict = (times: number[], units: number[]) => network.predict(datasets.fromSpikes({ spikes: [{ times, units }] }));
    await expect(predict([30], [0])).rejects.toEqual(failure("SHAPE_MISMATCH", /times\[0\]$/));
    await expect(predict([0], [4])).rejects.toEqual(failure("SHAPE_MISMATCH", /units\[0\]$/));
  });

  it("have images of another size", async () => {
    using network = await createNetwork(tinyConfig);
    const data = datasets.fromImages({ pixels: new Uint8Array(5), shape: [5] }).encode(encode.latency());
    await expect(network.predict(data)).rejects.toEqual(failure("SHAPE_MISMATCH", /.*/));
  });

  it("have labels outside the classes", async () => {
    using trainer = await createTrainer(tinyConfig);
    const data = datasets.fromSpikes({ spikes: [{ times: [], units: [] }], labels: [2] });
    await expect(trainer.evaluate(data)).rejects.toEqual(failure("DATA_FORMAT", "labels[0]"));
  });

  it("have NaN among the values", () => {
    const values = Float32Array.of(0, 0.5, Number.NaN, 1);
    const make = () => datasets.fromImages({ values, labels: [0], shape: [4] });
    expect(make).toThrow(expect.objectContaining({ code: "DATA_FORMAT", path: "values[2]" }));
  });

  it("have no targets, or those of another loss", async () => {
    using trainer = await createTrainer(tinyConfig);
    const data = datasets.fromSpikes({ spikes: [{ times: [], units: [] }] });
    await expect(trainer.gradients(data)).rejects.toEqual(failure("SHAPE_MISMATCH", /.*/));
    await expect(trainer.run(data)[Symbol.asyncIterator]().next()).rejects.toEqual(failure("SHAPE_MISMATCH", /.*/));
  });

  it("lose nothing: the trainer goes on", async () => {
    using trainer = await createTrainer(tinyConfig);
    const before = await trainer.parameters();
    const bad = datasets.fromSpikes({ spikes: [{ times: [99], units: [0] }], labels: [0] });
    await expect(trainer.run(bad)[Symbol.asyncIterator]().next()).rejects.toThrow();
    expect(await trainer.parameters()).toEqual(before);
    expect((await trainer.evaluate(tinyData())).samples).toBe(24);
  });
});

describe("bad parameters", () => {
  it("have another shape or are not finite", async () => {
    using trainer = await createTrainer(tinyConfig);
    const biases = new Float32Array(2);
    const weights = new Float32Array(16);
    await expect(trainer.setParameters(1, { weights: new Float32Array(3), biases })).rejects.toEqual(
      failure("SHAPE_MISMATCH", /weights/),
    );
    await expect(trainer.setParameters(7, { weights, biases })).rejects.toEqual(failure("SHAPE_MISMATCH", /layer/));
    const plain = { weights: Array.from(weights) as unknown as Float32Array, biases };
    await expect(trainer.setParameters(1, plain)).rejects.toEqual(failure("DATA_FORMAT", "weights"));
    await expect(trainer.applyGradients([plain])).rejects.toEqual(failure("DATA_FORMAT", "layers[0].weights"));
    const infinite = { weights: weights.slice().fill(Number.POSITIVE_INFINITY), biases };
    await expect(trainer.setParameters(1, infinite)).rejects.toEqual(failure("NON_FINITE", /weights/));
    await expect(trainer.applyGradients([{ weights, biases }])).rejects.toEqual(failure("SHAPE_MISMATCH", /.*/));
  });

  it("that an update left are in no checkpoint", async () => {
    const schedule = { type: "step", every: 1, factor: 1e30 } as const;
    const optimizer = { type: "adam", learningRate: 1e10 } as const;
    using trainer = await createTrainer({ ...tinyConfig, optimizer, schedule, training: { epochs: 3 } });
    await expect(trainer.run(tinyData())).rejects.toEqual(failure("NON_FINITE", /^layers/));
    await expect(trainer.checkpoint()).rejects.toEqual(failure("NON_FINITE", /^layers\.\d\.weights\[\d+\]$/));
  });

  /** Gradients of a network whose lower layer gets what the weights of the upper one make of it. */
  async function throughWeights(weight: number, training: Config["training"], neuron: Config["network"]["neuron"] = {}) {
    const steps = 60;
    using network = await createNetwork(
      {
        network: {
          input: 1,
          steps,
          neuron: { reset: "membrane", currentDecay: 0.99, membraneDecay: 0.9, gain: "manual", ...neuron },
          layers: [
            { type: "dense", units: 2 },
            { type: "dense", units: 2 },
          ],
        },
        rule: { type: "activation", surrogate: { type: "rectangle", halfWidth: 3 } },
        loss: { type: "count", positive: 40 },
        training: { batchSize: 1, gradientClip: null, ...training },
      },
      {
        parameters: [
          { weights: Float32Array.of(0.05, 0.05), biases: new Float32Array(2) },
          { weights: Float32Array.of(weight, -weight, 0, 0), biases: new Float32Array(2) },
        ],
      },
    );
    const everyStep = { times: Array.from({ length: steps }, (_, step) => step), units: Array.from({ length: steps }, () => 0) };
    return await network.gradients(datasets.fromSpikes({ spikes: [everyStep], labels: [0] }));
  }

  it.each([
    [1e10, undefined],
    [1e15, /^layers\[0\]$/],
    [3e33, /^layers\[0\]$/],
  ])("refuses gradients that are too large for a bound of their norm, through weights of %d", async (weight, path) => {
    const gradients = throughWeights(weight, { gradientNormClip: 1 });
    if (path === undefined) {
      const { layers } = await gradients;
      expect(Math.hypot(...layers.flatMap(({ weights, biases }) => [...weights, ...biases]))).toBeCloseTo(1, 5);
    } else {
      await expect(gradients).rejects.toEqual(failure("NON_FINITE", path));
    }
  });

  it("returns large gradients of weights and learnt constants where their norm has no bound", async () => {
    const [small, large] = await Promise.all(
      [1e3, 1e20].map((weight) => throughWeights(weight, {}, { learn: ["threshold"], threshold: [1, 1] })),
    );
    const threshold = (gradients: typeof small) => gradients?.layers[0]?.learnt?.threshold?.[0] ?? Number.NaN;
    expect(Math.abs(threshold(large))).toBeGreaterThan(1.9e19);
    expect(threshold(large) / threshold(small)).toBeCloseTo(1e17, -14);
  });
});

describe("bad validation data", () => {
  it("are refused before anything is learnt", async () => {
    using trainer = await createTrainer(tinyConfig);
    const unlabelled = datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }] });
    const run = trainer.run(tinyData(), { validation: unlabelled });
    await expect(run).rejects.toEqual(failure("SHAPE_MISMATCH", "validation.targets"));
    expect(trainer.info.step).toBe(0);
    await trainer.run(tinyData(), { validation: tinyData(6) });
  });
});

describe("a bad file", () => {
  const idx = (...bytes: number[]) => Uint8Array.of(...bytes);

  it("is no IDX file", async () => {
    await expect(parseIdx(idx(1, 2, 3, 4, 5, 6, 7, 8))).rejects.toEqual(failure("DATA_FORMAT", /.*/));
    await expect(parseIdx(idx(1, 2, 3, 4, 5, 6, 7, 8))).rejects.toThrow(/byte 0/);
    await expect(parseIdx(idx())).rejects.toThrow(/byte 0/);
  });

  it("is a truncated IDX file", async () => {
    await expect(parseIdx(idx(0, 0, 8, 1, 0, 0, 0, 9, 1, 2))).rejects.toEqual(failure("DATA_FORMAT", /.*/));
    await expect(parseIdx(idx(0, 0, 8, 1, 0, 0, 0, 9, 1, 2))).rejects.toThrow(/byte 10/);
  });

  it("is a damaged gzip file", async () => {
    const packed = gzipSync(Buffer.alloc(5000, 7));
    await expect(parseIdx(packed.subarray(0, 20))).rejects.toThrow(/gzip/);
  });

  it("stands in a folder of MNIST: the error names it", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    await expect(datasets.mnist({ dir: join(dir, "none") })).rejects.toEqual(failure("DATA_FORMAT", join(dir, "none")));
    await expect(datasets.mnist({ dir })).rejects.toThrow(/must contain train-images-idx3-ubyte or train-images-idx3-ubyte.gz/);
    await mkdir(dir, { recursive: true });
    for (const part of ["train", "t10k"]) {
      await writeFile(join(dir, `${part}-images-idx3-ubyte`), idx(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5));
      await writeFile(join(dir, `${part}-labels-idx1-ubyte.gz`), gzipSync(idx(0, 0, 8, 1, 0, 0, 0, 1, 3)));
    }
    expect((await datasets.mnist({ dir })).length).toBe(2);
    await writeFile(join(dir, "train-labels-idx1-ubyte"), idx(0, 0, 8, 1, 0, 0, 0, 2, 3, 4));
    await expect(datasets.mnist({ dir })).rejects.toThrow(/1 images, but 2 labels/);
    await writeFile(join(dir, "train-labels-idx1-ubyte"), idx(0, 0, 8, 1, 0, 0, 0, 1));
    await expect(datasets.mnist({ dir })).rejects.toEqual(failure("DATA_FORMAT", /train-labels-idx1-ubyte/));
    await rm(join(dir, "train-labels-idx1-ubyte"));
    await mkdir(join(dir, "train-labels-idx1-ubyte"));
    await expect(datasets.mnist({ dir })).rejects.toEqual(failure("READ_FAILED", join(dir, "train-labels-idx1-ubyte")));
  });

  it("is no checkpoint, a truncated or an altered one", async () => {
    using trainer = await createTrainer(tinyConfig);
    const whole = await trainer.checkpoint();
    const altered = whole.slice();
    altered[whole.length - 20] = (altered[whole.length - 20] ?? 0) ^ 1;
    for (const bytes of [new Uint8Array(), new Uint8Array(100), whole.slice(0, -4), whole.slice(0, 40), altered]) {
      await expect(restoreNetwork(bytes)).rejects.toEqual(failure("CHECKPOINT_INVALID", /.*/));
    }
  });
});
