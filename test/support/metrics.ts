import type { Metrics } from "./types.js";

/** Metrics of a network of one layer that does nothing remarkable, but for what is given. */
export function metricsOf(samples: number, given: Partial<Metrics> = {}): Metrics {
  return {
    samples,
    loss: 1,
    lossParts: { main: 1, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
    accuracy: { count: 0.5, firstSpike: 0.5 },
    spikes: {
      perSample: 1,
      untilDecision: 1,
      perUnit: [1],
      untilDecisionPerUnit: [1],
      total: [samples],
      untilDecisionTotal: [samples],
    },
    decisionStep: { mean: 0, median: 0, min: 0 },
    silentFraction: [0],
    saturatedFraction: [0],
    firingRate: [1],
    synapticOperations: 1,
    synapticOperationsByLayer: [1],
    ...given,
  };
}
