import { fields } from "../../check/fields.js";
import { instanceOf, oneOf } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import type { LayerConfig, NeuronConfig, PerUnit } from "../../generated/config.js";
import { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import type { NirArray, NirNode } from "./graph.js";
import { writeGraph } from "./hdf5.js";
import { Clock, NIR_OPTIONS, type NirOptions } from "./options.js";

/** How {@link exportNir} writes. */
export interface NirExportOptions extends NirOptions {
  /**
   * Where biases of neurons with a synaptic current go: `leak`, the resting potential `v_leak`, which is exact, or `affine`, a current,
   * which reaches the same membrane in the end, for readers that know no `v_leak`. `leak` unless given.
   */
  bias?: "leak" | "affine";
}

/** A NIR file, and how far it is the network. */
export interface ExportedNetwork {
  bytes: Uint8Array;
  /** What a reader of the file does not do exactly as the network, in sentences; empty when it does everything. */
  approximations: string[];
}

const exportOptions = fields<NirExportOptions>({ ...NIR_OPTIONS, bias: oneOf("leak", "affine") });

/** What all neurons of a layer have in common. */
interface Neuron {
  /** Whether a spike ends the current. */
  resetsCurrent: boolean;
  threshold: number;
  /** The input's gain to the membrane, with those of the decays taken out. */
  gain: number;
  biasGain: number;
  /** Undefined without a synaptic current. */
  tauSyn: number | undefined;
  tauMem: number;
  currentStep: number;
  membraneStep: number;
}

/**
 * A NIR file with the network: `CubaLIF` neurons, or `LIF` where the synaptic current does not outlast a step
 * (`currentDecay: 0`), between `Linear`, `Affine`, `Conv2d`, `AvgPool2d` and `Flatten`; the neurons of a recurrent layer with a `Linear` from and
 * to them, for which NIR states no delay. Needs the npm package `h5wasm`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express: max pools, a refractory period, decays of 1.
 */
export async function exportNir(network: Network, options: NirExportOptions = {}): Promise<ExportedNetwork> {
  instanceOf(Network, "a network")(network, "network");
  const { bias = "leak" } = exportOptions(options, "");
  const { input, layers } = network.config.network;
  const clock = new Clock(options);
  const parameters = await network.parameters();
  const shape = typeof input === "number" ? [input] : [...input];
  const chain = new Chain(shape);
  const approximations = new Set<string>();
  let spiking = 0;
  for (const [index, layer] of layers.entries()) {
    if (layer.type !== "dense" && layer.type !== "conv2d") {
      chain.add(`${layer.type}${index}`, passive(layer, chain.shape, index));
      continue;
    }
    const given = parameters[spiking] as LayerParameters;
    const neuron = neuronOf(network, index, layer, spiking, clock);
    spiking += 1;
    for (const sentence of approximationsOf(layer, neuron, given, bias)) approximations.add(sentence);
    const below = chain.shape;
    const [fromBelow, own] = split(layer, given.weights);
    chain.add(`${layer.type}${index}`, weighted(layer, below, { ...given, weights: fromBelow }, neuron, bias));
    chain.add(`neuron${index}`, neurons(chain.shape, given, neuron, bias));
    if (own.length > 0) chain.loop(`recurrent${index}`, linear(own, chain.shape[0] ?? 0, neuron));
  }
  const bytes = await writeGraph(chain.finish(), options.h5wasm);
  return { bytes, approximations: [...approximations] };
}

/** What a reader of the file does otherwise than the layer. */
function approximationsOf(
  layer: Weighted,
  { tauSyn, resetsCurrent }: Neuron,
  { biases }: LayerParameters,
  bias: string,
): string[] {
  const found: string[] = [];
  if (tauSyn !== undefined) {
    if (resetsCurrent)
      found.push("a spike of a neuron with a synaptic current ends its current here, in NIR the current goes on");
    if (biases.some((value) => value !== 0)) {
      found.push(
        bias === "affine"
          ? "a bias is there at once here, in the file it is a current that builds up"
          : "a bias is the resting potential v_leak, which some readers refuse or apply to the current too",
      );
    }
  }
  if (layer.type === "dense" && layer.recurrent) {
    found.push("spikes reach their own layer one step later here, NIR states no delay for a way back");
  }
  return found;
}

/** The neuron of a layer of the configuration, the `spiking`-th of those that spike. */
function neuronOf({ config, info }: Network, index: number, layer: Weighted, spiking: number, clock: Clock): Neuron {
  const common = config.network.neuron as Required<NeuronConfig>;
  const own = { ...common, ...layer.neuron };
  const { type, singleSpike, refractory, reset } = own;
  const path = layer.neuron === undefined ? "network.neuron" : `network.layers[${index}].neuron`;
  if (type !== "lif") throw new SpikeletError("CONFIG_INVALID", `${path}.type`, `${type} is not written to NIR yet`);
  const shared = (constant: PerUnit, field: string): number => {
    if (typeof constant === "number") return constant;
    throw new SpikeletError("CONFIG_INVALID", `${path}.${field}`, "constants by unit are not written to NIR yet");
  };
  const [currentDecay, membraneDecay] = [shared(own.currentDecay, "currentDecay"), shared(own.membraneDecay, "membraneDecay")];
  if (singleSpike || refractory > 0) {
    throw new SpikeletError(
      "CONFIG_INVALID",
      `${path}.${singleSpike ? "singleSpike" : "refractory"}`,
      "NIR knows no refractory period",
    );
  }
  if (reset === "subtract") throw new SpikeletError("CONFIG_INVALID", `${path}.reset`, "NIR's neurons are reset to a value");
  const tau = (decay: number, field: string): number => {
    const found = clock.tau(decay);
    if (found === undefined)
      throw new SpikeletError("CONFIG_INVALID", `${path}.${field}`, `no time constant has the decay ${decay}`);
    return found;
  };
  const gains = info.layerGains[spiking] ?? info.gains;
  return {
    threshold: shared(own.threshold, "threshold"),
    resetsCurrent: reset === "all",
    gain: shared(gains.current, "currentGain") * shared(gains.membrane, "membraneGain"),
    biasGain: shared(gains.bias, "biasGain"),
    tauSyn: currentDecay === 0 ? undefined : tau(currentDecay, "currentDecay"),
    tauMem: tau(membraneDecay, "membraneDecay"),
    currentStep: 1 - currentDecay,
    membraneStep: 1 - membraneDecay,
  };
}

/** Nodes one after the other, some with a way back to themselves. */
class Chain {
  readonly #nodes = new Map<string, NirNode>();
  readonly #edges: [string, string][] = [];
  #last: string | undefined;
  /** Of what comes out of the last node. */
  shape: number[];

  constructor(shape: number[]) {
    this.shape = shape;
    this.add("input", { node: node("Input", { shape: whole(...shape) }), shape });
  }

  add(name: string, { node, shape }: Added): void {
    this.#nodes.set(name, node);
    if (this.#last !== undefined) this.#edges.push([this.#last, name]);
    this.#last = name;
    this.shape = shape;
  }

  /** Takes what comes out of the last node through another one back to it. */
  loop(name: string, node: NirNode): void {
    const last = this.#last as string;
    this.#nodes.set(name, node);
    this.#edges.push([last, name], [name, last]);
  }

  finish(): { nodes: Map<string, NirNode>; edges: [string, string][] } {
    this.add("output", { node: node("Output", { shape: whole(...this.shape) }), shape: this.shape });
    return { nodes: this.#nodes, edges: this.#edges };
  }
}

interface Added {
  node: NirNode;
  shape: number[];
}

function passive(layer: LayerConfig, shape: number[], index: number): Added {
  const [channels = 1, height = 1, width = 1] = shape;
  switch (layer.type) {
    case "flatten": {
      const fields = { start_dim: one(0), end_dim: one(-1), input_type: whole(...shape) };
      return { node: node("Flatten", fields), shape: [shape.reduce((units, length) => units * length, 1)] };
    }
    case "avgPool2d": {
      const window = whole(layer.window, layer.window);
      const pooled = [channels, Math.floor(height / layer.window), Math.floor(width / layer.window)];
      return { node: node("AvgPool2d", { kernel_size: window, stride: window, padding: whole(0, 0) }), shape: pooled };
    }
    default:
      throw new SpikeletError("CONFIG_INVALID", `network.layers[${index}].type`, `NIR has no node for ${layer.type}`);
  }
}

type Weighted = Extract<LayerConfig, { type: "dense" | "conv2d" }>;

/** Weights from the layer below, and those from the layer itself. */
function split(layer: Weighted, weights: Float32Array): [Float32Array, Float32Array] {
  if (layer.type !== "dense" || !layer.recurrent) return [weights, new Float32Array(0)];
  const { units } = layer;
  const inputs = weights.length / units;
  const below = inputs - units;
  const part = (start: number, length: number) =>
    Float32Array.from({ length: units * length }, (_, k) => weights[Math.floor(k / length) * inputs + start + (k % length)] ?? 0);
  return [part(0, below), part(below, units)];
}

/** Weights as they stand in the file. */
function scaled(weights: Float32Array, neuron: Neuron): Float32Array {
  const scale = neuron.tauSyn === undefined ? neuron.gain / neuron.membraneStep : 1;
  return scale === 1 ? weights : weights.map((weight) => weight * scale);
}

function linear(weights: Float32Array, units: number, neuron: Neuron): NirNode {
  return node("Linear", { weight: floats([units, weights.length / units], scaled(weights, neuron)) });
}

function weighted(layer: Weighted, below: number[], { weights, biases }: LayerParameters, neuron: Neuron, bias: string): Added {
  const values = scaled(weights, neuron);
  const hasBias = (neuron.tauSyn === undefined || bias === "affine") && biases.some((value) => value !== 0);
  const biasScale =
    neuron.tauSyn === undefined ? neuron.biasGain / neuron.membraneStep : (neuron.biasGain * neuron.currentStep) / neuron.gain;
  const current = floats([biases.length], hasBias ? biases.map((value) => value * biasScale) : new Float32Array(biases.length));
  if (layer.type === "dense") {
    const weight = floats([layer.units, weights.length / layer.units], values);
    return { node: hasBias ? node("Affine", { weight, bias: current }) : node("Linear", { weight }), shape: [layer.units] };
  }
  const [channels = 1, height = 1, width = 1] = below;
  const { kernel } = layer;
  const fields = {
    input_shape: whole(height, width),
    weight: floats([layer.channels, channels, kernel, kernel], values),
    bias: current,
    stride: whole(1, 1),
    padding: whole((kernel - 1) / 2, (kernel - 1) / 2),
    dilation: whole(1, 1),
    groups: one(1),
  };
  return { node: node("Conv2d", fields), shape: [layer.channels, height, width] };
}

function neurons(shape: number[], { biases }: LayerParameters, neuron: Neuron, bias: string): Added {
  const units = shape.reduce((product, length) => product * length, 1);
  const all = (value: number): NirArray => ({ shape, values: new Float64Array(units).fill(value) });
  const places = units / biases.length;
  const leak = (value: number) => (value * neuron.biasGain) / neuron.membraneStep;
  const { tauSyn } = neuron;
  const hasLeak = tauSyn !== undefined && bias === "leak";
  const rest = all(0).values.map((_, unit) => (hasLeak ? leak(biases[Math.floor(unit / places)] ?? 0) : 0));
  const common = { v_leak: { shape, values: rest }, v_threshold: all(neuron.threshold), v_reset: all(0) };
  if (tauSyn === undefined) return { node: node("LIF", { tau: all(neuron.tauMem), r: all(1), ...common }), shape };
  const fields = {
    tau_syn: all(tauSyn),
    tau_mem: all(neuron.tauMem),
    r: all(1 / neuron.membraneStep),
    w_in: all(neuron.gain / neuron.currentStep),
    ...common,
  };
  return { node: node("CubaLIF", fields), shape };
}

const node = (type: string, fields: Record<string, NirArray>): NirNode => ({ type, fields: new Map(Object.entries(fields)) });
const floats = (shape: number[], values: Float32Array): NirArray => ({ shape, values });
const whole = (...values: number[]): NirArray => ({ shape: [values.length], values: Int32Array.from(values) });
const one = (value: number): NirArray => ({ shape: [], values: Int32Array.of(value) });
