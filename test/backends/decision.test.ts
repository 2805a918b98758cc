import { type Config, createTrainer, datasets } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const readout: Config["network"] = {
  ...tinyConfig.network,
  layers: [
    { type: "dense", units: 8 },
    { type: "dense", units: 2, neuron: { type: "leaky" } },
  ],
};

/** P by the softmax of the scores of each sample. */
function softmax(scores: ArrayLike<number>, inverseTemperature: number): number[] {
  return Array.from(scores, (_, k) => {
    const start = k - (k % 2);
    const [own = 0, ...all] = [k, start, start + 1].map((place) => Math.exp(inverseTemperature * (scores[place] ?? 0)));
    return own / all.reduce((sum, value) => sum + value, 0);
  });
}

describe.each(BACKENDS)("the decision that a loss trains, on %s", (backend) => {
  it.each<[string, Partial<Config>, "firstSpike" | "count" | "membrane", number | undefined]>([
    ["latency", { loss: { type: "latency", inverseTemperature: 0.3 } }, "firstSpike", 0.3],
    ["count", { loss: { type: "count" } }, "count", undefined],
    ["countCrossEntropy", { loss: { type: "countCrossEntropy", inverseTemperature: 0.5 } }, "count", 0.5],
    ["spikeTrain", { loss: { type: "spikeTrain", positive: [5, 9] } }, "count", undefined],
    ["membrane", { network: readout, loss: { type: "membrane", inverseTemperature: 2 } }, "membrane", 2],
  ])("%s: accuracy, classes and probabilities are of it", async (_, settings, decision, inverseTemperature) => {
    using trainer = await createTrainer({ ...tinyConfig, ...settings }, { backend, quiet: true });
    const data = tinyData(20);
    const { epochs } = await trainer.run(data, { validation: data });
    for (const { train, validation } of epochs) {
      expect(train.accuracy.decision).toBe(train.accuracy[decision]);
      expect(validation?.accuracy.decision).toBe(validation?.accuracy[decision]);
    }
    const { accuracy, spikes } = await trainer.evaluate(data);
    expect(spikes.perSample).toBeGreaterThan(1);
    const prediction = await trainer.predict(data);
    const { classes, probabilities } = prediction;
    expect(prediction.decision).toBe(decision);
    const own = { firstSpike: "byFirstSpike", count: "byCount", membrane: "byMembrane" } as const;
    expect(classes).toEqual(prediction[own[decision]]);
    expect(classes.filter((found, k) => found === data.labels?.[k]).length / data.length).toBeCloseTo(
      accuracy.decision ?? Number.NaN,
    );
    const absent =
      decision === "membrane"
        ? ["byCount", "byFirstSpike", "decisionStep", "scoresByCount", "scoresByFirstSpike"]
        : ["byMembrane", "scoresByMembrane", "membranes"];
    for (const name of absent) expect(prediction).not.toHaveProperty(name);
    if (inverseTemperature === undefined) return expect(prediction).not.toHaveProperty("probabilities");
    const scores = { firstSpike: "scoresByFirstSpike", count: "scoresByCount", membrane: "scoresByMembrane" } as const;
    const expected = softmax(prediction[scores[decision]] ?? [], inverseTemperature);
    expect(probabilities).toHaveLength(2 * data.length);
    for (const [k, found] of (probabilities ?? []).entries()) expect(found).toBeCloseTo(expected[k] ?? Number.NaN, 5);
  });

  it("is absent where a readout follows series, and of data without labels", async () => {
    const series = Array.from({ length: 4 * (tinyConfig.network.steps ?? 0) * 2 }, (_, k) => Math.sin(k / 5));
    const spikes = Array.from({ length: 4 }, () => ({ times: [0, 3], units: [0, 1] }));
    const config: Config = { ...tinyConfig, network: readout, loss: { type: "trace" } };
    using trainer = await createTrainer(config, { backend, quiet: true });
    const data = datasets.fromSpikes({ spikes, series });
    expect((await trainer.evaluate(data)).accuracy).toEqual({});
    const prediction = await trainer.predict(data);
    expect(prediction.classes).toHaveLength(0);
    expect(prediction.membranes).toHaveLength(series.length);
    expect(prediction).not.toHaveProperty("probabilities");
  });

  it("chooses the best epoch as bestBy", async () => {
    const training = { ...tinyConfig.training, epochs: 4, bestBy: "decision" as const };
    using trainer = await createTrainer({ ...tinyConfig, loss: { type: "count" }, training }, { backend });
    const data = tinyData();
    const { epochs } = await trainer.run(data, { validation: data });
    const found = epochs.map(({ validation }) => validation?.accuracy.count ?? 0);
    expect(epochs.at(-1)?.bestEpoch).toBe(1 + found.indexOf(Math.max(...found)));
    const follows: Config = { ...tinyConfig, network: readout, loss: { type: "trace" }, training };
    await expect(createTrainer(follows, { backend })).rejects.toMatchObject({ path: "training.bestBy" });
  });
});
