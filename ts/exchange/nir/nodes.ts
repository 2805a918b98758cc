import { SpikeletError } from "../../errors.js";
import type { LayerConfig } from "../../generated/config.js";
import type { LayerParameters } from "../../results.js";
import type { Constant, ExportedNeuron, Weighted } from "./exported-neuron.js";
import type { NirArray, NirNode } from "./graph.js";
import { convolutionFields, convolved, kernelSizes, pooled, poolNode } from "./windows.js";

/** A node, and the shape of what comes out of it. */
export interface ShapedNode {
  node: NirNode;
  shape: number[];
}

/** A layer without neurons. */
export function passive(layer: LayerConfig, shape: number[], index: number): ShapedNode {
  switch (layer.type) {
    case "flatten": {
      const fields = { start_dim: one(0), end_dim: one(-1), input_type: whole(...shape) };
      return { node: node("Flatten", fields), shape: [shape.reduce((units, length) => units * length, 1)] };
    }
    case "avgPool2d":
      return { node: poolNode(layer), shape: pooled(layer, shape) };
    default:
      throw new SpikeletError("CONFIG_INVALID", `network.layers[${index}].type`, `NIR has no node for ${layer.type}`);
  }
}

/** Weights as they stand in the file. */
function scaled(weights: Float32Array, filters: number, { hasCurrent, gain, membraneStep }: ExportedNeuron): Float32Array {
  if (hasCurrent) return weights;
  const inputs = weights.length / filters;
  return weights.map((weight, k) => {
    const filter = Math.floor(k / inputs);
    return weight * (gain(filter) / membraneStep(filter));
  });
}

/** Weights from the units of a layer to themselves. */
export function linear(weights: Float32Array, units: number, neuron: ExportedNeuron): NirNode {
  return node("Linear", { weight: floats([units, weights.length / units], scaled(weights, units, neuron)) });
}

/** Weights, and biases that are currents. */
export function weighted(
  layer: Weighted,
  below: number[],
  { weights, biases }: LayerParameters,
  neuron: ExportedNeuron,
  bias: string,
): ShapedNode {
  const values = scaled(weights, biases.length, neuron);
  const hasBias = (!neuron.hasCurrent || bias === "affine") && biases.some((value) => value !== 0);
  const biasScale = (filter: number) => {
    const gain = neuron.biasGain(filter);
    return neuron.hasCurrent ? (gain * neuron.currentStep(filter)) / neuron.gain(filter) : gain / neuron.membraneStep(filter);
  };
  const current = floats(
    [biases.length],
    biases.map((value, filter) => (hasBias ? value * biasScale(filter) : 0)),
  );
  if (layer.type === "dense") {
    const weight = floats([layer.units, weights.length / layer.units], values);
    return { node: hasBias ? node("Affine", { weight, bias: current }) : node("Linear", { weight }), shape: [layer.units] };
  }
  const kernel = kernelSizes(layer);
  const perGroup = (below[0] ?? 1) / (layer.groups ?? 1);
  const fields = {
    ...convolutionFields(layer, below),
    weight: floats([layer.channels, perGroup, ...kernel], values),
    bias: current,
  };
  return { node: node(layer.type === "conv1d" ? "Conv1d" : "Conv2d", fields), shape: convolved(layer, below) };
}

/** Neurons, and biases that are resting potentials. */
export function neurons(shape: number[], { biases }: LayerParameters, neuron: ExportedNeuron, bias: string): ShapedNode {
  const units = shape.reduce((product, length) => product * length, 1);
  const places = units / biases.length;
  const each = (of: Constant): NirArray => ({
    shape,
    values: Float64Array.from({ length: units }, (_, unit) => of(Math.floor(unit / places))),
  });
  const { fires, hasCurrent, tauSyn, tauMem, gain, biasGain, currentStep, membraneStep } = neuron;
  const leak: Constant = (filter) => ((biases[filter] ?? 0) * biasGain(filter)) / membraneStep(filter);
  const common = {
    v_leak: each(hasCurrent && bias === "leak" ? leak : () => 0),
    ...(fires ? { v_threshold: each(neuron.threshold), v_reset: each(() => 0) } : {}),
  };
  if (!hasCurrent) {
    return { node: node(fires ? "LIF" : "LI", { tau: each(tauMem), r: each(() => 1), ...common }), shape };
  }
  const fields = {
    tau_syn: each(tauSyn),
    tau_mem: each(tauMem),
    r: each((filter) => 1 / membraneStep(filter)),
    w_in: each((filter) => gain(filter) / currentStep(filter)),
    ...common,
  };
  return { node: node(fires ? "CubaLIF" : "CubaLI", fields), shape };
}

export const node = (type: string, fields: Record<string, NirArray | string>): NirNode => ({
  type,
  fields: new Map(Object.entries(fields)),
});

const floats = (shape: number[], values: Float32Array): NirArray => ({ shape, values });

/** Whole numbers as an array of one dimension. */
export const whole = (...values: number[]): NirArray => ({ shape: [values.length], values: Int32Array.from(values) });
const one = (value: number): NirArray => ({ shape: [], values: Int32Array.of(value) });
