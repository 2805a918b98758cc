import { createTrainer, datasets, type SpikeTrainLoss } from "spikelet";
import { expect, it } from "vitest";

const STEPS = 30;
const POSITIVE = [9, 14];
const LABELS = [0, 2, 1];
const spikes = LABELS.map((label) => ({ times: [0, 1, 1, 2, 4], units: [0, 1, 2 + label, 3, 4 + label] }));
const labelled = datasets.fromSpikes({ spikes, labels: LABELS, shape: [8] });
const trains = LABELS.map((label) => ({ times: POSITIVE, units: POSITIVE.map(() => label) }));

function trainer(rule: "activation" | "antlr" | "timing" | "eventProp", loss: SpikeTrainLoss = {}) {
  return createTrainer({
    network: {
      input: 8,
      steps: STEPS,
      neuron: { currentDecay: 0.8, membraneDecay: 0.9, threshold: 0.3 },
      layers: [
        { type: "dense", units: 12 },
        { type: "dense", units: 3 },
      ],
    },
    rule: { type: rule },
    loss: { type: "spikeTrain", ...loss },
    training: { seed: 2 },
  });
}

it.each(["activation", "antlr", "timing", "eventProp"] as const)(
  "%s learns from labels as from the trains that `positive` stands for",
  async (rule) => {
    using byLabel = await trainer(rule, { positive: POSITIVE });
    using byTrain = await trainer(rule);
    const one = await byLabel.gradients(labelled);
    const other = await byTrain.gradients(datasets.fromSpikes({ spikes, trains, shape: [8] }));
    expect([one.loss, one.layers]).toEqual([other.loss, other.layers]);
    expect(Math.min(...one.metrics.spikes.perUnit)).toBeGreaterThan(0);
    for (const { weights } of one.layers) expect(weights.some((gradient) => gradient !== 0)).toBe(true);
    // One of three labels is where the first spike is; without labels nothing is decided.
    expect([one.metrics.accuracy.firstSpike, other.metrics.accuracy.firstSpike]).toEqual([1 / 3, undefined]);
  },
);

it("needs steps of the simulation, and with labels at least one", async () => {
  await expect(trainer("antlr", { positive: [3, STEPS] })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    path: "loss.positive",
    message: expect.stringContaining("must be below the 30 steps, got 30"),
  });
  await expect(trainer("antlr", { positive: [3, 7, 3] })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    path: "loss.positive",
    message: expect.stringContaining("must name each step once, got 3"),
  });
  using without = await trainer("antlr");
  await expect(without.gradients(labelled)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "targets" });
});
