// Networks, weights and data for relations between networks, and how close their answers must be.
import { type Config, datasets, type LayerParameters, type Network, type NeuronConfig, type SpikeTrain } from "spikelet";
import { expect } from "vitest";
import { mulberry32 } from "../../ts/random.js";

export const INPUTS = 18;
export const STEPS = 25;
export const SAMPLES = 7;
export const OUTPUTS = 3;

export type Rule = NonNullable<Config["rule"]>;
export type Layers = Config["network"]["layers"];

export const SURROGATE = { scale: 0.8, sharpness: 2 };
export const RULES: Rule[] = [
  { type: "activation", variant: "rnn", resetPath: { activation: "full" }, surrogate: { type: "exponential", ...SURROGATE } },
  { type: "antlr", surrogate: { type: "arctan", ...SURROGATE }, slopeFloor: 0.02 },
  { type: "mixture", variant: "slayer", surrogate: { type: "fastSigmoid", ...SURROGATE }, slopeFloor: 0.02 },
  { type: "eventProp", slopeFloor: 0.02 },
];

export function output(neuron: NeuronConfig = {}) {
  return { type: "dense" as const, units: OUTPUTS, neuron };
}

/** Without anything that is not linear in the samples; gains are powers of two, so that sums of drawn weights are exact. */
export function configOf(layers: Layers, rule: Rule): Config {
  return {
    network: { input: INPUTS, steps: STEPS, neuron: { currentDecay: 0.8, membraneDecay: 0.9, currentGain: 0.5 }, layers },
    rule,
    // Its count term alone has a gradient for the rule `activation`, its times alone for `eventProp`.
    loss: { type: "latency", inverseTemperature: 0.3, endSimulation: "off", targetCount: { scope: "all", positive: 3 } },
    training: { gradientClip: null, silentUnitUpdate: { strength: 0 }, threads: 1 },
  };
}

/** Gives a network weights that are multiples of 1/64, so that the order of a sum does not matter, and of which all layers fire. */
export async function drawn(network: Network): Promise<LayerParameters[]> {
  const draw = mulberry32(7);
  const of = (weights: Float32Array) => weights.map(() => Math.round(64 * (draw() - 0.35)) / 64);
  const parameters = (await network.parameters()).map(({ weights, biases, learnt, inputs }) => ({
    weights: of(weights),
    biases: biases.map(() => 0.02 * draw()),
    ...(learnt && { learnt }),
    ...(inputs && { inputs: inputs.map((input) => ({ ...input, weights: of(input.weights) })) }),
  }));
  await give(network, parameters);
  return parameters;
}

export async function give(network: Network, parameters: readonly LayerParameters[]): Promise<void> {
  for (const [layer, given] of parameters.entries()) await network.setParameters(layer, given);
}

/** Random spikes and labels; `place` says which inputs fire in place of each. */
export function data(place: (input: number) => readonly number[] = (input) => [input]) {
  const draw = mulberry32(3);
  const spikes = Array.from({ length: SAMPLES }, (): SpikeTrain => {
    const events = Array.from({ length: STEPS * INPUTS }, (_, k) => ({ k, fires: draw() < 0.06 })).filter(({ fires }) => fires);
    const all = events.flatMap(({ k }) => place(k % INPUTS).map((unit) => ({ time: Math.floor(k / INPUTS), unit })));
    return { times: all.map(({ time }) => time), units: all.map(({ unit }) => unit) };
  });
  return datasets.fromSpikes({ spikes, labels: Array.from({ length: SAMPLES }, (_, sample) => sample % OUTPUTS) });
}

/** To within rounding of sums, measured by the largest number. */
export function expectClose(found: Float32Array = new Float32Array(), expected: Float32Array = new Float32Array()): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const off = expected.findIndex((value, k) => !(Math.abs(value - (found[k] ?? 0)) <= 1e-5 * largest));
  expect({ off, found: found[off] }).toEqual({ off: -1, found: undefined });
}
