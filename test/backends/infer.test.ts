import {
  type Config,
  createNetwork,
  createTrainer,
  datasets,
  encode,
  type LayerConfig,
  type LayerParameters,
  type Network,
  presets,
  type Statistic,
} from "spikelet";
import { load, type Model } from "spikelet/infer";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";

const FAST = { currentDecay: 0.7, membraneDecay: 0.85 };
const STEPS = 150;
const OUTPUTS = 4;

/** Numbers from 0 to 1 that look random. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function configOf(
  { input, layers, neuron = FAST, steps = STEPS, fires = false, silentFrom }: Case,
  statistic?: Statistic,
): Config {
  const readout: LayerConfig = {
    type: "dense",
    units: OUTPUTS,
    neuron: { type: "leaky", membraneDecay: silentFrom === undefined ? 0.9 : 0.4 },
  };
  const network = { input, steps, neuron, layers: fires ? layers : [...layers, readout] };
  if (fires) return { network, loss: { type: "latency", endSimulation: "off" } };
  return { network, rule: { type: "activation" }, loss: { type: "membrane", statistic: statistic ?? "mean" } };
}

/** Makes weights so large that units fire, and gives every unit a bias. */
async function strengthen(network: Network, { strength = 6, silentFrom }: Case): Promise<void> {
  const bias = silentFrom === undefined ? 0.1 : 0;
  const random = randomNumbers(5);
  const stronger = (weights: Float32Array) => weights.map((weight) => weight * strength + (random() - 0.4) * 0.02);
  for (const [layer, { weights, biases, inputs, learnt }] of (await network.parameters()).entries()) {
    const parameters: LayerParameters = { weights: stronger(weights), biases: biases.map(() => (random() - 0.5) * bias) };
    if (learnt !== undefined) parameters.learnt = learnt;
    if (inputs !== undefined) parameters.inputs = inputs.map((input) => ({ ...input, weights: stronger(input.weights) }));
    await network.setParameters(layer, parameters);
  }
}

function unitsOf(input: Config["network"]["input"]): number {
  return typeof input === "number" ? input : input.reduce((product, size) => product * size, 1);
}

/** Events in no order, some of them more than once, fewer of them towards the end. */
function randomSpikes({ input, steps = STEPS, isWeighted = false, silentFrom = steps }: Case, seed: number) {
  const random = randomNumbers(seed);
  const units = unitsOf(input);
  const count = Math.ceil(silentFrom * Math.max(units * 0.05, Math.min(units, 4)));
  const events = Array.from({ length: count }, () => ({
    time: Math.floor(random() ** 1.3 * silentFrom),
    unit: Math.floor(random() * units),
    value: random() < 0.3 ? 1 : Math.fround(2 * random() - 0.5),
  }));
  return {
    times: events.map(({ time }) => time),
    units: events.map(({ unit }) => unit),
    ...(isWeighted && { values: events.map(({ value }) => value) }),
  };
}

type Spikes = ReturnType<typeof randomSpikes>;

function between({ times, units, values }: Spikes, from: number, to: number): Spikes {
  const kept = times.flatMap((time, k) => (time >= from && time < to ? [k] : []));
  return {
    times: kept.map((k) => (times[k] ?? 0) - from),
    units: kept.map((k) => units[k] ?? 0),
    ...(values && { values: kept.map((k) => values[k] ?? 0) }),
  };
}

function bits(values: Float32Array | undefined): Uint32Array {
  const copy = (values ?? new Float32Array()).slice();
  return new Uint32Array(copy.buffer);
}

/** Every layer that fires has done so, and has also been silent. */
function expectSpikes(rates: readonly number[]): void {
  for (const rate of rates) {
    expect(rate).toBeGreaterThan(0.001);
    expect(rate).toBeLessThan(0.9);
  }
}

async function compareSamples(network: Network, model: Model, given: Case): Promise<void> {
  const samples = [1, 2, 3].map((seed) => randomSpikes(given, seed));
  const found = await network.predict(datasets.fromSpikes({ spikes: samples }));
  const { layers } = network.info;
  const steps = given.steps ?? STEPS;
  const spiking = found.layers.slice(0, given.fires ? undefined : -1);
  expectSpikes(spiking.map(({ times }, k) => times.length / (3 * steps * (layers[k]?.units ?? 0))));
  for (const [sample, spikes] of samples.entries()) {
    const answer = model.predict(spikes);
    expect(answer.steps).toBe(found.steps[sample]);
    if (given.fires) {
      const expected = found.layers.at(-1)?.sample(sample);
      expect(answer.spikes).toEqual({ times: expected?.times.slice(), units: expected?.units.slice() });
      expect(answer.byFirstSpike).toBe(found.byFirstSpike?.[sample]);
      expect(answer.byCount).toBe(found.byCount?.[sample]);
      expect(answer.decisionStep).toBe(found.decisionStep?.[sample]);
      expect(answer.counts).toEqual(found.scoresByCount?.slice(sample * model.outputs, (sample + 1) * model.outputs));
      const first = answer.firstSpikes.map((step) => answer.steps - step);
      expect(first).toEqual(found.scoresByFirstSpike?.slice(sample * model.outputs, (sample + 1) * model.outputs));
    } else {
      const length = steps * model.outputs;
      expect(bits(answer.membranes)).toEqual(bits(found.membranes?.slice(sample * length, (sample + 1) * length)));
      expect(answer.byMembrane).toBe(found.byMembrane?.[sample]);
      const scores = found.scoresByMembrane?.slice(sample * model.outputs, (sample + 1) * model.outputs);
      expect(bits(answer.scoresByMembrane)).toEqual(bits(scores));
    }
    expect(answer.output).toBe(found.classes[sample]);
  }
}

async function compareStreams(network: Network, model: Model, given: Case): Promise<void> {
  const stream = await network.stream();
  const [other, single] = [model.stream(), model.stream()];
  const random = randomNumbers(9);
  const spikes = randomSpikes({ ...given, steps: 1400 }, 4);
  for (let start = 0; start < 1400; ) {
    const steps = Math.floor(random() ** 3 * 300);
    const part = between(spikes, start, start + steps);
    const expected = await stream.run(part, steps);
    const { name: _, ...answer } = other.run(part, steps);
    const sorted = (found: { times: Uint16Array; units: Uint32Array }) =>
      Array.from(found.times, (time, k) => time * 2 ** 20 + (found.units[k] ?? 0)).sort((a, b) => a - b);
    expect(sorted(answer.spikes)).toEqual(sorted(expected.spikes));
    const { spikes: __, decisions: ___, membranes, scoresByMembrane, ...rest } = expected;
    expect(answer).toMatchObject(rest);
    expect(bits(answer.membranes)).toEqual(bits(membranes));
    expect(bits(answer.scoresByMembrane)).toEqual(bits(scoresByMembrane));
    for (let step = start; step < start + steps; step++) {
      const { units, values } = between(spikes, step, step + 1);
      const fired = single.step(units, values);
      const here = Array.from(answer.spikes.units).filter((_, k) => answer.spikes.times[k] === step - start);
      expect(fired).toEqual(here);
      const row = answer.membranes.slice((step - start) * model.outputs, (step - start + 1) * model.outputs);
      expect(bits(single.membranes)).toEqual(bits(row));
    }
    expect(single.decision).toEqual(other.decision);
    start += steps;
  }
  stream.dispose();
}

describe.each(BACKENDS)("a network that %s exported, in spikelet/infer", (backend) => {
  it.each(Object.entries({ ...CHAINS, ...GRAPHS }))("has the same bits: %s", async (_, given) => {
    using network = await createNetwork(configOf(given), { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    await compareSamples(network, model, given);
    await compareStreams(network, model, given);
  });

  it.each(Object.entries(presets))("has the same bits: preset %s", async (_, config) => {
    const fires = config.loss?.type !== "membrane";
    const given: Case = { ...config.network, layers: [], steps: 60, fires };
    using network = await createNetwork({ ...config, network: { ...config.network, steps: 60 } }, { backend });
    await strengthen(network, { ...given, strength: 3 });
    await compareSamples(network, load(await network.exportModel()), given);
  });

  it.each(["mean", "max", "last", "softmaxSum", "each", "expMean"] as const)("decides by the statistic %s", async (statistic) => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 20 }] };
    using network = await createNetwork(configOf(given, statistic), { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    await compareSamples(network, model, given);
    await compareStreams(network, model, given);
  });

  it("ends a sample once all outputs have fired, or the first, as the network does", async () => {
    const given: Case = { input: 20, layers: [{ type: "dense", units: 3 }], fires: true };
    const config = { ...configOf(given), loss: { type: "latency" as const, endSimulation: "sample" as const } };
    using network = await createNetwork(config, { backend });
    await strengthen(network, given);
    const model = load(await network.exportModel());
    for (const earlyDecision of [false, true]) {
      const spikes = randomSpikes(given, 1);
      const found = await network.predict(datasets.fromSpikes({ spikes: [spikes] }), { earlyDecision });
      const answer = model.predict(spikes, { earlyDecision });
      expect(answer.steps).toBeLessThan(STEPS);
      expect([answer.steps, answer.output, answer.decisionStep]).toEqual([
        found.steps[0],
        found.classes[0],
        found.decisionStep?.[0],
      ]);
      expect(answer.counts).toEqual(found.scoresByCount);
    }
  });

  it("names classes and tells the encoding that it learnt with", async () => {
    using trainer = await createTrainer(configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true }), { backend });
    const images = datasets.fromImages({ pixels: new Uint8Array(8), labels: [0, 1], shape: [2, 2], classes: ["cat", "dog"] });
    await trainer.run(images.encode(encode.latency({ last: 20 })), { epochs: 1 });
    const model = load(await trainer.exportModel());
    expect(model).toMatchObject({ inputs: 4, outputs: 2, steps: STEPS, decision: "firstSpike", classes: ["cat", "dog"] });
    expect(model.trainedOn).toEqual(trainer.info.trainedOn);
    const { output, name } = model.predict({ times: [0, 1, 1, 2], units: [0, 1, 2, 3] });
    expect(name).toBe(output === undefined ? undefined : model.classes?.[output]);
  });

  it("has weights of half precision, halves to even", async () => {
    using network = await createNetwork(configOf({ input: 3, layers: [] }), { backend });
    const weights = Float32Array.of(
      1,
      1 / 3,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      2 ** -24,
      2 ** -25,
      -(3 * 2 ** -25),
      -65504,
      0,
      5,
      6,
      7,
    );
    await network.setParameters(0, { weights, biases: new Float32Array(OUTPUTS) });
    const [whole, half] = [await network.exportModel(), await network.exportModel({ weights: "float16" })];
    expect(half.length).toBe(whole.length - 2 * weights.length);
    const rounded = Float32Array.of(1, 0.333251953125, 1, 1 + 2 ** -9, 2 ** -24, 0, -(2 ** -23), -65504, 0, 5, 6, 7);
    await network.setParameters(0, { weights: rounded, biases: new Float32Array(OUTPUTS) });
    const spikes = randomSpikes({ input: 3, layers: [] }, 1);
    expect(load(half).predict(spikes)).toEqual(load(await network.exportModel()).predict(spikes));
    await network.setParameters(0, { weights: weights.fill(65_520), biases: new Float32Array(OUTPUTS) });
    await expect(network.exportModel({ weights: "float16" })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "weights" });
    await expect(network.exportModel({ weights: "int8" as "float16" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("exports the averages with which it predicts", async () => {
    const config = configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true });
    const training = { averaging: { type: "ema" as const, decay: 0.9 }, epochs: 2, batchSize: 1 };
    using trainer = await createTrainer({ ...config, training }, { backend });
    const data = datasets.fromSpikes({ spikes: [randomSpikes({ input: 4, layers: [] }, 1)], labels: [1] });
    await trainer.run(data);
    const found = await trainer.predict(data);
    const { counts } = load(await trainer.exportModel()).predict(randomSpikes({ input: 4, layers: [] }, 1));
    expect(counts).toEqual(found.scoresByCount);
  });
});
