import { type Config, datasets, type LayerConfig, type LayerParameters, type Network, type Statistic } from "spikelet";
import type { Model } from "spikelet/infer";
import { expect } from "vitest";
import type { Case } from "./infer-networks.js";

const FAST = { currentDecay: 0.7, membraneDecay: 0.85 };
export const STEPS = 150;
export const OUTPUTS = 4;

/** Numbers from 0 to 1 that look random. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function configOf(
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
export async function strengthen(network: Network, { strength = 6, silentFrom }: Case): Promise<void> {
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
export function randomSpikes(
  { input, steps = STEPS, isWeighted = false, silentFrom = steps, inputUntil = silentFrom }: Case,
  seed: number,
) {
  const random = randomNumbers(seed);
  const units = unitsOf(input);
  const count = Math.ceil(inputUntil * Math.max(units * 0.05, Math.min(units, 4)));
  const events = Array.from({ length: count }, () => ({
    time: Math.floor(random() ** 1.3 * inputUntil),
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

/** Units, and values, of the events at each step that has any. */
function byStep({ times, units, values }: Spikes): { units: number[]; values?: number[] }[] {
  const found: { units: number[]; values?: number[] }[] = [];
  for (const [k, time] of times.entries()) {
    found[time] ??= { units: [], ...(values && { values: [] }) };
    found[time].units.push(units[k] ?? 0);
    found[time].values?.push(values?.[k] ?? 0);
  }
  return found;
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

export async function compareSamples(network: Network, model: Model, given: Case): Promise<void> {
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
      expect(answer.byFirstSpike ?? -1).toBe(found.byFirstSpike?.[sample]);
      expect(answer.byCount ?? -1).toBe(found.byCount?.[sample]);
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

export async function compareStreams(network: Network, model: Model, given: Case): Promise<void> {
  const stream = await network.stream();
  const [other, single] = [model.stream(), model.stream()];
  const last = network.info.layers.length - 1;
  const random = randomNumbers(9);
  const spikes = randomSpikes({ ...given, steps: 1400 }, 4);
  const arriving = byStep(spikes);
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
    const firedAt = Array.from({ length: steps }, (): number[] => []);
    for (const [k, time] of answer.spikes.times.entries()) firedAt[time]?.push(answer.spikes.units[k] ?? 0);
    for (let step = start; step < start + steps; step++) {
      const { units = [], values = given.isWeighted ? [] : undefined } = arriving[step] ?? {};
      const fired = single.step(units, values);
      expect(fired).toEqual(firedAt[step - start]);
      expect(Array.from(single.firedIn(last)).sort((a, b) => a - b)).toEqual(fired);
      expect(single.membranes.length).toBe(model.outputs);
      if (answer.membranes.length === 0) continue;
      const row = answer.membranes.slice((step - start) * model.outputs, (step - start + 1) * model.outputs);
      expect(bits(single.membranes)).toEqual(bits(row));
    }
    expect(single.decision).toEqual(other.decision);
    start += steps;
  }
  stream.dispose();
}
