import { type BestBy, type Config, createTrainer, datasets, fineTune, restoreTrainer, type TrainingConfig } from "spikelet";
import { describe, expect, it } from "vitest";
import { tinyConfig, tinyData } from "../support/learning.js";

const withTraining = (training: TrainingConfig, more: Partial<Config> = {}): Config => ({
  ...tinyConfig,
  ...more,
  training: { ...tinyConfig.training, ...training },
});
/** So small that no weight moves. */
const STILL: Partial<Config> = { optimizer: { type: "sgd", learningRate: 1e-30 } };

describe("early stopping", () => {
  it("ends a run that does not improve, with the weights of its best epoch", async () => {
    const config = withTraining({ epochs: 30, earlyStopping: { patience: 3 }, bestBy: "loss" });
    using trainer = await createTrainer(config);
    const validation = tinyData(6);
    const finished: object[] = [];
    for await (const event of trainer.run(tinyData(), { validation })) if (event.type === "finished") finished.push(event);
    const losses = (await trainer.history()).map((record) => record.validation?.loss ?? Number.NaN);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(trainer.info).toMatchObject({ bestEpoch: best, finished: true });
    expect(finished).toMatchObject([{ epochs: losses.length, restoredEpoch: best }]);
    expect((await trainer.evaluate(validation)).loss).toBe(losses[best - 1]);
  });

  it("waits for as many epochs as it is told, and longer where a run is given more", async () => {
    const config = withTraining({ epochs: 9, earlyStopping: { patience: 2, restoreBest: false } }, STILL);
    using trainer = await createTrainer(config);
    const [train, validation] = [tinyData(), tinyData(6)];
    expect((await trainer.run(train, { validation })).epochs).toHaveLength(3);
    expect((await trainer.run(train, { validation, epochs: 9 })).epochs).toHaveLength(3);
    expect((await trainer.run(train, { validation, epochs: 20 })).epochs).toHaveLength(5);
  });

  it("is part of a checkpoint", async () => {
    const config = withTraining({ epochs: 9, earlyStopping: { patience: 3 } }, STILL);
    using trainer = await createTrainer(config);
    const [train, validation] = [tinyData(), tinyData(6)];
    for await (const event of trainer.run(train, { validation })) if (event.type === "epochEnd" && event.epoch === 2) break;
    using resumed = await restoreTrainer(await trainer.checkpoint());
    expect(resumed.info.bestEpoch).toBe(1);
    expect((await resumed.run(train, { validation })).epochs).toHaveLength(4);
  });

  it("needs validation data", async () => {
    using trainer = await createTrainer(withTraining({ earlyStopping: {} }));
    await expect(trainer.run(tinyData())).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "training.earlyStopping" });
  });
});

describe("a readout", () => {
  const readout: Config["network"] = {
    ...tinyConfig.network,
    layers: [
      { type: "dense", units: 8 },
      { type: "dense", units: 2, neuron: { type: "leaky" } },
    ],
  };
  const STEPS = readout.steps ?? 0;
  const spikes = (samples: number) =>
    Array.from({ length: samples }, (_, k) => ({ times: [1 + (k % 9), 12], units: [k % 4, (k + 1) % 4] }));
  const follow = (samples: number) =>
    datasets.fromSpikes({
      spikes: spikes(samples),
      series: Array.from({ length: samples * STEPS * 2 }, (_, k) => ((k >> 1) % STEPS) / 100),
      shape: [4],
    });
  const trace = (training: TrainingConfig, stepWeights?: number[]): Config =>
    withTraining({ epochs: 6, ...training }, { network: readout, loss: { type: "trace", ...(stepWeights && { stepWeights }) } });

  it("that follows series is best where its mean squared error is smallest", async () => {
    using trainer = await createTrainer(trace({ earlyStopping: { patience: 2 }, averaging: { type: "ema", decay: 0.5 } }));
    const { epochs } = await trainer.run(follow(24), { validation: follow(6) });
    const errors = epochs.map(({ validation }) => validation?.meanSquaredError ?? Number.NaN);
    const best = Math.min(...errors);
    expect(trainer.info.bestEpoch).toBe(errors.indexOf(best) + 1);
    expect((await trainer.evaluate(follow(6))).meanSquaredError).toBe(best);
  });

  it("that follows series with weights of its steps is best where its loss is smallest", async () => {
    const firstHalf = Array.from({ length: STEPS }, (_, step) => Number(step < STEPS / 2));
    using trainer = await createTrainer(trace({ epochs: 12, earlyStopping: { patience: 12 } }, firstHalf));
    const { epochs } = await trainer.run(follow(24), { validation: follow(6) });
    const losses = epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
    const errors = epochs.map(({ validation }) => validation?.meanSquaredError ?? Number.NaN);
    expect(losses.indexOf(Math.min(...losses)), "the two measures disagree").not.toBe(errors.indexOf(Math.min(...errors)));
    expect(trainer.info.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect((await trainer.evaluate(follow(6))).loss).toBe(Math.min(...losses));
  });

  it.each<[Config["loss"] & object, BestBy]>([
    [{ type: "trace" }, "firstSpike"],
    [{ type: "trace" }, "membrane"],
    [{ type: "membrane" }, "count"],
  ])("of the loss %j has no %s", async (loss, bestBy) => {
    const refused = createTrainer(withTraining({ bestBy }, { network: readout, loss }));
    await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "training.bestBy" });
  });

  it("decides with smoothed labels and weights of the classes", async () => {
    const data = tinyData();
    const lossOf = async (more: object) => {
      using trainer = await createTrainer({ ...tinyConfig, network: readout, loss: { type: "membrane", ...more } });
      return (await trainer.evaluate(data)).loss;
    };
    const [plain, doubled] = [await lossOf({}), await lossOf({ classWeights: [2, 2] })];
    expect(doubled).toBeCloseTo(2 * plain, 6);
    expect(await lossOf({ labelSmoothing: 0.5 })).not.toBe(plain);
    const refused = lossOf({ classWeights: [1, 2, 3] });
    await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "loss.classWeights" });
  });
});

it("counts without labels have the best epoch where the loss is smallest", async () => {
  const data = datasets.fromSpikes({
    spikes: Array.from({ length: 8 }, (_, k) => ({ times: [1], units: [k % 4] })),
    counts: Array.from({ length: 16 }, (_, k) => k % 2),
    shape: [4],
  });
  const start = (bestBy: BestBy | null) =>
    createTrainer(withTraining({ epochs: 3, earlyStopping: {}, bestBy }, { loss: { type: "count" } }));
  using undecided = await start("count");
  const refused = undecided.run(data, { validation: data });
  await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "training.bestBy" });
  for (const bestBy of ["loss", null] as const) {
    using trainer = await start(bestBy);
    const { epochs } = await trainer.run(data, { validation: data });
    const losses = epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
    expect(epochs.map(({ bestEpoch }) => bestEpoch).at(-1)).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(epochs[0]?.validation?.accuracy).toEqual({});
  }
});

describe("frozen parameters", () => {
  it.each([undefined, 0.1])("stay as they are, all others learn (gradientNormClip %s)", async (norm) => {
    const training = { frozen: ["layers.0.weights", "layers.1.biases"], silentUnitUpdate: { rules: "all" as const } };
    const optimizer = { type: "adamW" as const, weightDecay: 0.1, learningRate: 0.01 };
    using trainer = await createTrainer(withTraining({ ...training, gradientNormClip: norm ?? null }, { optimizer }));
    const before = await trainer.parameters();
    await trainer.run(tinyData());
    const after = await trainer.parameters();
    expect(after[0]?.weights).toEqual(before[0]?.weights);
    expect(after[0]?.biases).not.toEqual(before[0]?.biases);
    expect(after[1]?.weights).not.toEqual(before[1]?.weights);
    expect(after[1]?.biases).toEqual(before[1]?.biases);
  });

  it.each(["layers.2", "layers.00", "layers.0.", "layers.0.moment1", "layer.0", "layers.-1", ""])(
    "must be there: %j",
    async (name) => {
      const refused = createTrainer(withTraining({ frozen: ["layers.0", name] }));
      await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "training.frozen[1]" });
    },
  );
});

describe("averages", () => {
  it("of the last epochs are the mean of their weights, with which the network predicts", async () => {
    const [train, validation] = [tinyData(), tinyData(6)];
    const ends: number[] = [];
    for (const epochs of [1, 2, 3, 4]) {
      using upTo = await createTrainer(withTraining({ epochs }));
      await upTo.run(train);
      ends.push((await upTo.parameters())[0]?.weights[0] ?? Number.NaN);
    }
    using trainer = await createTrainer(withTraining({ epochs: 4, averaging: { type: "swa", epochs: 3 } }));
    const { epochs } = await trainer.run(train, { validation });
    const mean = ends.slice(1).reduce((sum, weight) => sum + weight / 3, 0);
    expect((await trainer.parameters())[0]?.weights[0]).toBeCloseTo(mean, 6);
    expect((await trainer.evaluate(validation)).loss).toBe(epochs.at(-1)?.validation?.loss);
  });

  it("stay when epochs are asked for that have been learnt", async () => {
    using trainer = await createTrainer(withTraining({ epochs: 3, averaging: { type: "swa", epochs: 2 } }));
    await trainer.run(tinyData());
    const averages = await trainer.parameters();
    await trainer.run(tinyData(), { epochs: 1 });
    await trainer.run(tinyData());
    expect(await trainer.parameters()).toEqual(averages);
  });

  it("move slowly", async () => {
    const [train] = [tinyData()];
    using plain = await createTrainer(withTraining({ epochs: 3 }));
    const [start] = await plain.parameters();
    await plain.run(train);
    using slow = await createTrainer(withTraining({ epochs: 3, averaging: { type: "ema", decay: 0.99 } }));
    await slow.run(train);
    const distance = async (trainer: typeof plain) => {
      const [now] = await trainer.parameters();
      return Math.hypot(...(now?.weights ?? []).map((weight, k) => weight - (start?.weights[k] ?? 0)));
    };
    const [fast, behind] = [await distance(plain), await distance(slow)];
    expect(behind).toBeGreaterThan(0);
    expect(behind).toBeLessThan(fast);
  });

  it("answer streams too", async () => {
    const train = tinyData();
    const more: Partial<Config> = {
      optimizer: { type: "adam", learningRate: 0.3 },
      loss: { type: "latency", endSimulation: "off" },
    };
    using trainer = await createTrainer(withTraining({ averaging: { type: "ema" } }, more));
    await trainer.run(train);
    const { layers } = await trainer.predict(train.slice(0, 1));
    using stream = await trainer.stream();
    const { spikes } = await stream.run(
      (await train.events({ steps: tinyConfig.network.steps ?? 0 })).sample(0),
      trainer.config.network.steps,
    );
    expect(Array.from(spikes.times, (time, k) => [0, time, spikes.units[k]])).toEqual([...(layers[1]?.triples() ?? [])]);
  });

  it.each([0.3, 0.7, 0.9, 1.1, 1.3])("leave a threshold in its range that falls from %s", async (threshold) => {
    const neuron = { ...tinyConfig.network.neuron, threshold, learn: ["threshold" as const] };
    const network = { ...tinyConfig.network, neuron };
    const averaging = { type: "ema" as const, decay: 0 };
    using trainer = await createTrainer(withTraining({ averaging }, { network, optimizer: { type: "sgd", learningRate: 1 } }));
    const { layers } = await trainer.gradients(tinyData(2));
    for (const gradient of [0, 100]) {
      for (const layer of layers) layer.learnt?.["threshold"]?.fill(gradient);
      await trainer.applyGradients(layers);
    }
    for (const [layer, parameters] of (await trainer.parameters()).entries()) {
      expect(Array.from(parameters.learnt?.["threshold"] ?? [])).toEqual([Math.fround(0.01)]);
      await trainer.setParameters(layer, parameters);
    }
  });

  it("give way to parameters that are set", async () => {
    using trainer = await createTrainer(withTraining({ averaging: { type: "ema" } }));
    await trainer.run(tinyData());
    const set = { weights: new Float32Array(32).fill(0.5), biases: new Float32Array(8) };
    await trainer.setParameters(0, set);
    expect((await trainer.parameters())[0]).toEqual(set);
  });
});

it("parameters that are set are learnt as those of a new trainer: Adam counts from its moments", async () => {
  using trained = await createTrainer(tinyConfig);
  await trained.run(tinyData());
  using fresh = await createTrainer(tinyConfig);
  const [gradients, start] = [await fresh.gradients(tinyData(2)), await fresh.parameters()];
  for (const [layer, parameters] of start.entries()) await trained.setParameters(layer, parameters);
  using restored = await restoreTrainer(await trained.checkpoint());
  for (const trainer of [trained, restored, fresh]) await trainer.applyGradients(gradients.layers);
  const learnt = await fresh.parameters();
  expect(learnt).not.toEqual(start);
  expect(await trained.parameters()).toEqual(learnt);
  expect(await restored.parameters()).toEqual(learnt);
});

describe("fine-tuning", () => {
  it("keeps the network of the checkpoint", async () => {
    using trainer = await createTrainer(tinyConfig);
    const config = { network: { ...tinyConfig.network, steps: 5 } } as object;
    const refused = expect.objectContaining({ code: "CONFIG_INVALID", path: "config.network" });
    await expect(fineTune(await trainer.checkpoint(), { config })).rejects.toThrow(refused);
  });

  it("keeps all weights but those of the last layer, and trains anew", async () => {
    using trainer = await createTrainer(tinyConfig);
    await trainer.run(tinyData());
    const before = await trainer.parameters();
    const config = { training: { epochs: 3, frozen: ["layers.0"] }, optimizer: { type: "sgd" as const } };
    using tuned = await fineTune(await trainer.checkpoint(), { outputs: 3, config });
    expect(tuned.config.training).toMatchObject({ epochs: 3, batchSize: 4, frozen: ["layers.0"] });
    expect(tuned.config.optimizer).toMatchObject({ type: "sgd", momentum: 0 });
    expect(tuned.info).toMatchObject({ epoch: 0, step: 0 });
    const classes = tinyData().classes([1, 0]);
    expect(classes.labels?.slice(0, 2)).toEqual(Uint32Array.of(1, 0));
    for (const one of ["1", 0.5, null]) {
      const wrong = expect.objectContaining({ code: "CONFIG_INVALID", path: "classes[1]" });
      expect(() => tinyData().classes([1, one as never])).toThrow(wrong);
    }
    await tuned.run(classes);
    const after = await tuned.parameters();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.biases).toHaveLength(3);
  });

  it("refuses what does not fit", async () => {
    using trainer = await createTrainer(tinyConfig);
    const checkpoint = await trainer.checkpoint();
    await expect(fineTune(checkpoint, { outputs: 0 })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "outputs" });
    const wrong = fineTune(checkpoint, { config: { training: { frozen: ["layers.2"] } } });
    await expect(wrong).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "training.frozen[0]" });
    for (const section of [null, 5, []]) {
      const foreign = fineTune(checkpoint, { config: { optimizer: section as never } });
      await expect(foreign).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "config.optimizer" });
    }
    await expect(fineTune(new Uint8Array(9))).rejects.toMatchObject({ code: "CHECKPOINT_INVALID" });
  });
});
