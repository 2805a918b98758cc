import { record } from "./check/fields.js";
import { finite, instanceOf, listOf, optional } from "./check/values.js";
import { accuracyBy, decisionOf } from "./decisions.js";
import type { Metrics } from "./generated/config.js";
import { Network } from "./network.js";

/**
 * Results under the names of NeuroBench (Yik et al. 2025, *The neurobench framework for benchmarking neuromorphic computing
 * algorithms and systems*), for the metrics that both have.
 *
 * @experimental
 */
export interface NeuroBenchMetrics {
  /** Weights and biases. */
  ParameterCount: number;
  /** Bytes of weights and biases; learnt constants and delays are not among them. */
  Footprint: number;
  /** Fraction of the weights that are 0. */
  ConnectionSparsity: number;
  /**
   * Fraction of correct decisions: by first spike with the loss `latency`, by membrane with `membrane`, otherwise by count.
   * Missing with the loss `trace` and for data without labels.
   */
  ClassificationAccuracy?: number;
  /** Mean squared error of target series. */
  MSE?: number;
  /** Fraction of (sample, simulated step, unit) triples without a spike, over all spiking layers. */
  ActivationSparsity: number;
  /** Means per sample; inputs are spikes, so every operation is an accumulation. A weight of 0 counts. */
  SynapticOperations: { Effective_MACs: number; Effective_ACs: number };
}

/**
 * Returns the results of an evaluation under the names of NeuroBench.
 *
 * @param metrics from {@link Network.evaluate} of the same network.
 * @experimental
 */
export async function neuroBench(network: Network, metrics: Metrics): Promise<NeuroBenchMetrics> {
  instanceOf(Network, "a network")(network, "network");
  checkMetrics(metrics, "metrics");
  const parameters = await network.parameters();
  const matrices = parameters.flatMap(({ weights, inputs = [] }) => [weights, ...inputs.map((input) => input.weights)]);
  const weights = matrices.reduce((sum, { length }) => sum + length, 0);
  const biases = parameters.reduce((sum, layer) => sum + layer.biases.length, 0);
  const zeros = matrices.reduce((sum, matrix) => sum + zerosOf(matrix), 0);
  const bytes = (weights + biases) * Float32Array.BYTES_PER_ELEMENT;
  return {
    ParameterCount: weights + biases,
    Footprint: bytes,
    ConnectionSparsity: zeros / weights,
    ...answersOf(network, metrics),
    ActivationSparsity: 1 - spikesPerUnitAndStep(network, metrics),
    SynapticOperations: { Effective_MACs: 0, Effective_ACs: metrics.synapticOperations },
  };
}

/** The metrics that are used here. */
function checkMetrics(metrics: unknown, path: string): void {
  const { accuracy, firingRate, synapticOperations } = record(metrics, path, "DATA_FORMAT");
  const { firstSpike, count } = record(accuracy, `${path}.accuracy`, "DATA_FORMAT");
  optional(finite)(firstSpike, `${path}.accuracy.firstSpike`);
  optional(finite)(count, `${path}.accuracy.count`);
  listOf(finite)(firingRate, `${path}.firingRate`);
  finite(synapticOperations, `${path}.synapticOperations`);
}

function answersOf({ config }: Network, metrics: Metrics): Pick<NeuroBenchMetrics, "ClassificationAccuracy" | "MSE"> {
  const decision = decisionOf(config);
  const accuracy = accuracyBy(decision, metrics);
  if (!Number.isNaN(accuracy)) return { ClassificationAccuracy: accuracy };
  return metrics.meanSquaredError === undefined ? {} : { MSE: metrics.meanSquaredError };
}

/** Over all layers; each weighs as much as it has units. */
function spikesPerUnitAndStep({ info: { layers } }: Network, { firingRate }: Metrics): number {
  const spiking = layers.slice(0, firingRate.length);
  const units = spiking.reduce((sum, layer) => sum + layer.units, 0);
  return units === 0 ? 0 : spiking.reduce((sum, layer, index) => sum + (firingRate[index] ?? 0) * layer.units, 0) / units;
}

function zerosOf(values: Float32Array): number {
  return values.reduce((zeros, value) => zeros + Number(value === 0), 0);
}
