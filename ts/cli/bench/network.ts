import type { Config } from "../../generated/config.js";

/** Steps of a simulation unless a benchmark says otherwise. */
export const STEPS = 300;
export const OUTPUTS = 10;

export const ANTLR = { type: "antlr", activationWeight: 1, timingWeight: 1 } as const satisfies Config["rule"];

/** Dense layers under ANTLR and latency loss; nothing stops early, so that the work is known. */
export function network(input: number, hidden: readonly number[], steps = STEPS): Config {
  return {
    network: {
      input,
      steps,
      neuron: { currentDecay: 0.99, membraneDecay: 0.99, threshold: 1, gain: "auto" },
      layers: [...hidden, OUTPUTS].map((units) => ({ type: "dense", units })),
    },
    rule: ANTLR,
    loss: { type: "latency", inverseTemperature: 1 / 6, silentTargetPenalty: 0.1, endSimulation: "off" },
    optimizer: { type: "adam", learningRate: 0.001 },
    schedule: { type: "step", every: 10, factor: 0.1 },
    training: { gradientClip: 1, seed: 1 },
  };
}
