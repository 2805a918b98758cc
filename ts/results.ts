import { record } from "./check/fields.js";
import { floats } from "./check/values.js";
import type { Metrics } from "./generated/config.js";
import type { PredictionArrays, TraceArrays } from "./runtime/backend.js";
import { SpikeEvents } from "./spikes.js";

/** Answers of a network, one entry per sample; of scores, one per sample and output. */
export interface Prediction {
  /** Output with the most spikes; ties and silence give the lowest index. */
  byCount: Uint32Array;
  /** Output that fires first; ties and silence give the lowest index. */
  byFirstSpike: Uint32Array;
  /** Step of the first output spike, `steps` for a silent output. */
  decisionStep: Uint32Array;
  /** Simulated steps. */
  steps: Uint32Array;
  /** `[sample][output]`: spikes of the output. The largest decides `byCount`. */
  scoresByCount: Uint32Array;
  /** `[sample][output]`: simulated steps − step of the output's first spike, 0 for a silent one. The largest decides `byFirstSpike`. */
  scoresByFirstSpike: Uint32Array;
  /** Output whose membrane has the largest statistic, of a readout with the loss `membrane`; empty otherwise. */
  byMembrane: Uint32Array;
  /** `[sample][output]`: that statistic; the largest decides `byMembrane`. */
  scoresByMembrane: Float32Array;
  /** `[sample][step][output]`: membranes of a readout; empty where the output fires. */
  membranes: Float32Array;
  /** Spikes of each spiking layer. */
  layers: SpikeEvents[];
}

/** Weights and biases of a layer, or their gradients. */
export interface LayerParameters {
  /** `[unit][input]`, in a convolution `[channel][channel below][y][x]`. */
  weights: Float32Array;
  /** `[unit]`. */
  biases: Float32Array;
}

/** @internal */
export function checkedParameters(given: unknown, path: string): LayerParameters {
  const { weights, biases } = record(given, path || "parameters", "DATA_FORMAT");
  const at = path === "" ? "" : `${path}.`;
  return { weights: floats(weights, `${at}weights`), biases: floats(biases, `${at}biases`) };
}

/**
 * States and adjoints of a layer, each `[sample][step][unit]`, zero after a sample's last step (spec 1 and 5). `activationPart` and `timingPart`
 * add up to `direct`; both are empty for a mixture, whose parts belong to two passes.
 */
export type LayerTrace = TraceArrays;

/** Gradients of the loss over a batch. */
export interface Gradients {
  /** Mean over the batch. */
  loss: number;
  metrics: Metrics;
  /** Per spiking layer, after the silent-unit update and clipping. */
  layers: LayerParameters[];
  prediction: Prediction;
  /** Per spiking layer; only when it was asked for. */
  trace?: LayerTrace[];
}

/** Joins the predictions of consecutive chunks of a data set. */
export function joinPredictions(parts: readonly PredictionArrays[], layers: number): Prediction {
  const join = (of: (part: PredictionArrays) => Uint32Array): Uint32Array => concat(parts.map(of), Uint32Array);
  const joinFloats = (of: (part: PredictionArrays) => Float32Array): Float32Array => concat(parts.map(of), Float32Array);
  return {
    byCount: join((part) => part.byCount),
    byFirstSpike: join((part) => part.byFirstSpike),
    decisionStep: join((part) => part.decisionStep),
    steps: join((part) => part.steps),
    scoresByCount: join((part) => part.scoresByCount),
    scoresByFirstSpike: join((part) => part.scoresByFirstSpike),
    byMembrane: join((part) => part.byMembrane),
    scoresByMembrane: joinFloats((part) => part.scoresByMembrane),
    membranes: joinFloats((part) => part.membranes),
    layers: Array.from({ length: layers }, (_, layer) => SpikeEvents.concat(parts.flatMap((part) => part.layers[layer] ?? []))),
  };
}

function concat<T extends Uint32Array | Float32Array>(parts: readonly T[], array: new (length: number) => T): T {
  const joined = new array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}
