import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  type Gradients,
  type LayerTrace,
  type OutputGradient,
  type SampleOutputGradient,
} from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { configOf, data, drawn, give, OUTPUTS, output, RULES, SAMPLES, STEPS } from "../support/relations.js";

type Loss = NonNullable<Config["loss"]>;

const READOUT = { type: "dense" as const, units: OUTPUTS, neuron: { type: "leaky" as const } };
const OF_SPIKES: Loss[] = [
  { type: "latency", endSimulation: "off", inverseTemperature: 0.3, targetCount: { scope: "all" } },
  { type: "count", positive: 4 },
  { type: "countCrossEntropy" },
  { type: "spikeTrain", positive: [5, 9] },
];
const OF_MEMBRANES: Loss[] = (["mean", "max", "last", "each"] as const).map((statistic) => ({ type: "membrane", statistic }));
const CASES = [...OF_SPIKES, ...OF_MEMBRANES].map((loss) => ({ loss, name: JSON.stringify(loss) }));

function configBy(loss: Loss, rule: NonNullable<Config["rule"]>): Config {
  const last = loss.type === "membrane" ? READOUT : output();
  return { ...configOf([{ type: "dense", units: 20, recurrent: true }, last], rule), loss };
}

/** The derivatives at the outputs that a loss had, of each sample. */
function derivativesIn(trace: LayerTrace | undefined, { prediction }: Gradients): SampleOutputGradient[] {
  const size = STEPS * OUTPUTS;
  const of = (array: Float32Array | undefined, sample: number) => array?.slice(sample * size, (sample + 1) * size) ?? [];
  return Array.from({ length: SAMPLES }, (_, sample) => {
    if (prediction.membranes) return { membranes: of(trace?.direct, sample) };
    const byTime = of(trace?.timingGradient, sample);
    const { times, units } = prediction.layers.at(-1)?.sample(sample) ?? { times: [], units: [] };
    return {
      spikes: of(trace?.spikeGradient, sample),
      times: Array.from(times, (time, k) => byTime[time * OUTPUTS + (units[k] ?? 0)] ?? Number.NaN),
    };
  });
}

describe.each(BACKENDS)("a gradient at the outputs from outside, on %s", (backend) => {
  it.each(CASES)("of the loss $name gives its gradients, bit for bit", async ({ loss }) => {
    using traced = await createNetwork(configBy(loss, { type: "antlr" }), { backend });
    const parameters = await drawn(traced);
    const found = await traced.gradients(data(), { trace: true });
    const derivatives = derivativesIn(found.trace?.at(-1), found);
    for (const rule of RULES) {
      using inside = await createNetwork(configBy(loss, rule), { backend });
      await give(inside, parameters);
      // The loss of another configuration has no say.
      const other: Loss = loss.type === "membrane" ? { type: "membrane", statistic: "softmaxSum" } : { type: "latency" };
      using outside = await createNetwork(configBy(other, rule), { backend });
      await give(outside, parameters);
      const expected = await inside.gradients(data());
      const { layers, prediction } = await outside.gradients(data(), { outputGradient: async () => derivatives });
      expect(layers).toEqual(expected.layers);
      expect(prediction.layers).toEqual(expected.prediction.layers);
      expect(layers[0]?.weights.some((value) => value !== 0)).toBe(rule.type !== "eventProp" || !loss.type.startsWith("count"));
    }
  });

  it("trains a network by what it did, whatever its samples are labelled", async () => {
    const config = {
      ...configBy({ type: "count" }, { type: "antlr" }),
      optimizer: { type: "adam" as const, learningRate: 0.01 },
    };
    const { spikes } = { spikes: await data().events({ steps: STEPS }) };
    const unlabelled = datasets.fromSpikes({ spikes: Array.from({ length: SAMPLES }, (_, k) => spikes.sample(k)) });
    const wanted = 6;
    const distance: OutputGradient = ({ scoresByCount = new Uint32Array() }) =>
      Array.from({ length: SAMPLES }, (_, sample) => ({
        spikes: Array.from({ length: STEPS * OUTPUTS }, (_, k) => {
          return (2 * ((scoresByCount[sample * OUTPUTS + (k % OUTPUTS)] ?? 0) - wanted)) / SAMPLES;
        }),
      }));
    using trainer = await createTrainer(config, { backend, quiet: true });
    await drawn(trainer);
    const costs = [];
    for (let step = 0; step < 40; step++) {
      const { prediction } = await trainer.step(unlabelled, distance);
      costs.push(prediction.scoresByCount?.reduce((sum, count) => sum + (count - wanted) ** 2, 0) ?? Number.NaN);
    }
    expect(Math.min(...costs.slice(-5))).toBeLessThan(0.5 * (costs[0] ?? 0));
  });

  it("makes the update that its gradients make", async () => {
    const byCounts: OutputGradient = () => Array.from({ length: SAMPLES }, () => ({ spikes: Array(STEPS * OUTPUTS).fill(0.1) }));
    const config = configBy({ type: "count" }, { type: "antlr" });
    using one = await createTrainer(config, { backend, quiet: true });
    using other = await createTrainer(config, { backend, quiet: true });
    await give(other, await drawn(one));
    const { layers } = await one.step(data(), byCounts);
    await other.applyGradients((await other.gradients(data(), { outputGradient: byCounts })).layers);
    expect(layers).not.toEqual(await one.parameters());
    expect(await one.parameters()).toEqual(await other.parameters());
  });

  it("refuses what does not fit, and passes on what the function throws", async () => {
    using network = await createNetwork(configBy({ type: "count" }, { type: "antlr" }), { backend });
    using readout = await createNetwork(configBy({ type: "membrane" }, { type: "antlr" }), { backend });
    const all = (one: object) => () => Array.from({ length: SAMPLES }, () => one) as SampleOutputGradient[];
    const size = STEPS * OUTPUTS;
    const faults: [typeof network, OutputGradient, string, string][] = [
      [network, () => [], "SHAPE_MISMATCH", "outputGradient"],
      [network, () => ({}) as never, "DATA_FORMAT", "outputGradient"],
      [network, all({ spikes: [0] }), "SHAPE_MISMATCH", "outputGradient[0].spikes"],
      [network, all({ times: Array(1000).fill(0) }), "SHAPE_MISMATCH", "outputGradient[0].times"],
      [network, all({ spikes: "0" }), "DATA_FORMAT", "outputGradient[0].spikes"],
      [network, all({ spikes: Array(size).fill(Number.NaN) }), "NON_FINITE", "outputGradient[0].spikes[0]"],
      [network, all({ spikes: Array(size).fill(1e300) }), "NON_FINITE", "outputGradient[0].spikes[0]"],
      [network, all({ membranes: Array(size).fill(0) }), "SHAPE_MISMATCH", "outputGradient[0].membranes"],
      [readout, all({ spikes: Array(size).fill(0) }), "SHAPE_MISMATCH", "outputGradient[0].spikes"],
    ];
    for (const [of, outputGradient, code, path] of faults) {
      await expect(of.gradients(data(), { outputGradient })).rejects.toMatchObject({ code, path });
    }
    const failure = new Error("no loss");
    const thrown = network.gradients(data(), { outputGradient: () => Promise.reject(failure) });
    await expect(thrown).rejects.toBe(failure);
    await expect(network.gradients(data(), { outputGradient: 1 as never })).rejects.toMatchObject({ path: "outputGradient" });
    expect((await network.gradients(data(), { outputGradient: all({}) })).loss).toBe(0);
  });
});
