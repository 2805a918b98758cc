import type { Sizes } from "../../generated/config.js";
import { unitsOf } from "../../graph/graph.js";
import type { Constant, ExportedNeuron } from "./exported-neuron.js";
import type { NirArray, NirNode } from "./graph.js";
import { convolutionFields, type Kernel } from "./windows.js";

/** A connection, as a layer or a further input has it. */
export type Wires =
  | { type: "dense" }
  | ({ type: "conv2d" | "conv1d"; kernel: Sizes } & Kernel)
  | { type: "oneToOne"; by?: "unit" | "channel" };

/** What a connection leads from and to. */
export interface Ends {
  from: readonly number[];
  to: readonly number[];
}

/** The node of a connection with its weights, `[unit][input]` or `[channel][channel of a group][y][x]`, and biases that are currents. */
export function weightsNode(
  wires: Wires,
  { from, to }: Ends,
  weights: Float32Array,
  neuron: ExportedNeuron,
  biases?: Float32Array,
): NirNode {
  const values = scaled(weights, to, neuron);
  const [units = 0] = to;
  if (wires.type === "dense") {
    const weight = floats([units, weights.length / units], values);
    return biases === undefined ? node("Linear", { weight }) : node("Affine", { weight, bias: currents(biases, neuron) });
  }
  if (wires.type === "oneToOne") {
    const places = unitsOf(to) / values.length;
    return node("Scale", {
      scale: floats(
        to,
        Float32Array.from({ length: unitsOf(to) }, (_, unit) => values[Math.floor(unit / places)] ?? 0),
      ),
    });
  }
  const kernel = [wires.kernel].flat();
  const taps = wires.type === "conv1d" || kernel.length > 1 ? kernel : [...kernel, ...kernel];
  const perGroup = (from[0] ?? 1) / (wires.groups ?? 1);
  return node(wires.type === "conv1d" ? "Conv1d" : "Conv2d", {
    ...convolutionFields(wires, from),
    weight: floats([units, perGroup, ...taps], values),
    bias: biases === undefined ? floats([units], new Float32Array(units)) : currents(biases, neuron),
  });
}

/** Whether a node passes on what it gets. */
export function isIdentity({ type, fields }: NirNode): boolean {
  const scale = fields.get("scale");
  return type === "Scale" && scale !== undefined && typeof scale !== "string" && scale.values.every((value) => value === 1);
}

/** Weights as they stand in the file. */
function scaled(
  weights: Float32Array,
  [filters = 1]: readonly number[],
  { hasCurrent, gain, membraneStep }: ExportedNeuron,
): Float32Array {
  if (hasCurrent) return weights;
  const perFilter = weights.length / filters;
  return weights.map((weight, k) => {
    const filter = Math.floor(k / perFilter);
    return weight * (gain(filter) / membraneStep(filter));
  });
}

function currents(biases: Float32Array, neuron: ExportedNeuron): NirArray {
  const scale = (filter: number) => {
    const gain = neuron.biasGain(filter);
    return neuron.hasCurrent ? (gain * neuron.currentStep(filter)) / neuron.gain(filter) : gain / neuron.membraneStep(filter);
  };
  return floats(
    [biases.length],
    biases.map((value, filter) => value * scale(filter)),
  );
}

/** Neurons, with biases as resting potentials if that is wanted. */
export function neuronsNode(shape: readonly number[], biases: Float32Array, neuron: ExportedNeuron, areLeaks: boolean): NirNode {
  const units = unitsOf(shape);
  const places = units / biases.length;
  const each = (of: Constant): NirArray => ({
    shape,
    values: Float64Array.from({ length: units }, (_, unit) => of(Math.floor(unit / places))),
  });
  const { fires, hasCurrent, hasLeak, tauSyn, tauMem, gain, biasGain, currentStep, membraneStep } = neuron;
  // Readers take a reset to 0 for granted, and older ones don't know v_reset.
  const reset = fires ? { v_threshold: each(neuron.threshold) } : {};
  if (!hasLeak) return node(fires ? "IF" : "I", { r: each(() => 1), ...reset });
  const leak: Constant = (filter) => ((biases[filter] ?? 0) * biasGain(filter)) / membraneStep(filter);
  const common = { v_leak: each(areLeaks ? leak : () => 0), ...reset };
  if (!hasCurrent) return node(fires ? "LIF" : "LI", { tau: each(tauMem), r: each(() => 1), ...common });
  return node(fires ? "CubaLIF" : "CubaLI", {
    tau_syn: each(tauSyn),
    tau_mem: each(tauMem),
    r: each((filter) => 1 / membraneStep(filter)),
    w_in: each((filter) => gain(filter) / currentStep(filter)),
    ...common,
  });
}

/** The node that makes a list of the units of a shape. */
export function flattenNode(shape: readonly number[]): NirNode {
  return node("Flatten", { start_dim: one(0), end_dim: one(-1), input_type: whole(...shape) });
}

/** An `Input` or `Output` of a shape. */
export const endNode = (type: "Input" | "Output", shape: readonly number[]): NirNode => node(type, { shape: whole(...shape) });

const node = (type: string, fields: Record<string, NirArray | string>): NirNode => ({
  type,
  fields: new Map(Object.entries(fields)),
});

const floats = (shape: readonly number[], values: Float32Array): NirArray => ({ shape, values });
const whole = (...values: number[]): NirArray => ({ shape: [values.length], values: Int32Array.from(values) });
const one = (value: number): NirArray => ({ shape: [], values: Int32Array.of(value) });
