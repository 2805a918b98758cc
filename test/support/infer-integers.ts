import { datasets, type IntegerNetwork, type Network } from "spikelet";
import type { IntegerModel } from "spikelet/infer/integer";
import { expect } from "vitest";
import { randomSpikes } from "./infer-comparison.js";
import { type Case, CHAINS, GRAPHS } from "./infer-networks.js";

/** Networks that have a form in whole numbers. */
export const INTEGER_CASES = Object.entries({ ...CHAINS, ...GRAPHS }).filter(
  ([, given]) => !given.isWeighted && !/adlif|subtractAfterDecay/.test(JSON.stringify(given)),
);

export function quantized(network: Network, given: Case, stateBits: 16 | 32 = 32): Promise<IntegerNetwork> {
  const calibration = datasets.fromSpikes({ spikes: [4, 5].map((seed) => randomSpikes(given, seed)) });
  return network.quantize({ calibration, stateBits });
}

/** Predictions and streams of a model have the numbers of the network that wrote it. */
export async function compareIntegers(network: IntegerNetwork, model: IntegerModel, given: Case): Promise<void> {
  const samples = [1, 2].map((seed) => randomSpikes(given, seed));
  const found = await network.predict(datasets.fromSpikes({ spikes: samples }));
  const { outputs } = model;
  const stream = model.stream();
  let clamped = 0;
  for (const [sample, spikes] of samples.entries()) {
    const answer = model.predict(spikes);
    const decision = {
      output: found.classes[sample] === -1 ? undefined : found.classes[sample],
      scores: found.scores.slice(sample * outputs, (sample + 1) * outputs),
    };
    expect(answer).toMatchObject(decision);
    if (given.fires) {
      const expected = found.layers.at(-1)?.sample(sample);
      expect(answer.spikes).toEqual({ times: expected?.times.slice(), units: expected?.units.slice() });
      expect(Float64Array.from(answer.counts)).toEqual(answer.scores);
    }
    const rows = answer.steps * outputs;
    const membranes = found.membranes?.slice(sample * rows, (sample + 1) * rows) ?? new Int32Array();
    expect(answer.membranes).toEqual(membranes);
    clamped += answer.clamped;

    stream.restart();
    for (let step = 0; step < answer.steps; step++) {
      const fired = stream.step(spikes.units.filter((_, k) => spikes.times[k] === step));
      expect(fired).toEqual(Array.from(answer.spikes.units).filter((_, k) => answer.spikes.times[k] === step));
      expect(stream.membranes).toEqual(answer.membranes.slice(step * outputs, (step + 1) * outputs).slice());
    }
    expect(stream).toMatchObject({ steps: answer.steps, clamped: answer.clamped, decision });
  }
  expect(found.clamped).toBe(clamped);
  const spiking = found.layers.slice(0, given.fires ? undefined : -1);
  for (const layer of spiking) expect(layer.times.length).toBeGreaterThan(0);
}
