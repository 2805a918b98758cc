import type { LossConfig, NeuronConfig } from "spikelet";
import type { BestBy } from "spikelet/study";

/** A loss, the neurons of the output that it needs, and the decision that it trains. */
export interface Task {
  bestBy: BestBy;
  loss: LossConfig;
  output: NeuronConfig;
}

const LATENCY = { type: "latency", endSimulation: "off" } as const;

/** Losses of comparisons with a search. */
export const TASKS = {
  latency: { bestBy: "firstSpike", loss: LATENCY, output: {} },
  relaxedLatency: { bestBy: "firstSpike", loss: { ...LATENCY, spikeGradient: "relaxed" }, output: {} },
  spikeTrain: { bestBy: "firstSpike", loss: { type: "spikeTrain", positive: [40] }, output: {} },
  count: { bestBy: "count", loss: { type: "count" }, output: {} },
  countCrossEntropy: { bestBy: "count", loss: { type: "countCrossEntropy" }, output: {} },
  membrane: { bestBy: "membrane", loss: { type: "membrane", statistic: "mean" }, output: { type: "leaky" } },
} as const satisfies Record<string, Task>;
