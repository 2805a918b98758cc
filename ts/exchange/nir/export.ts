import { fields } from "../../check/fields.js";
import { instanceOf, oneOf } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import type { LayerConfig, NeuronConfig, PerUnit } from "../../generated/config.js";
import { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import { areWhole, BETWEEN_STEPS, delayNode } from "./delays.js";
import type { NirArray, NirNode } from "./graph.js";
import { writeGraph } from "./hdf5.js";
import { Clock, NIR_OPTIONS, type NirOptions } from "./options.js";

/** Options of {@link exportNir}. */
export interface NirExportOptions extends NirOptions {
  /**
   * How biases of neurons with a synaptic current are written: `leak` (default) as the resting potential `v_leak`, which is
   * exact; `affine` as a current, which reaches the same membrane with a delay, for readers that do not support `v_leak`.
   */
  bias?: "leak" | "affine";
}

/** A NIR file, and how exactly it describes the network. */
export interface ExportedNetwork {
  bytes: Uint8Array;
  /** Sentences on what another program will compute differently; empty if nothing. */
  approximations: string[];
}

const exportOptions = fields<NirExportOptions>({ ...NIR_OPTIONS, bias: oneOf("leak", "affine") });

/** A constant of each unit, in a convolution of each channel. */
type Constant = (filter: number) => number;

/** The neurons of a layer. */
interface Neuron {
  fires: boolean;
  /** Whether a spike ends the current. */
  resetsCurrent: boolean;
  /** Whether the synaptic current outlasts a step. */
  hasCurrent: boolean;
  threshold: Constant;
  /** The input's gain to the membrane, with those of the decays taken out. */
  gain: Constant;
  biasGain: Constant;
  tauSyn: Constant;
  tauMem: Constant;
  currentStep: Constant;
  membraneStep: Constant;
}

/**
 * A NIR file with the network: `CubaLIF` neurons, or `LIF` where the synaptic current does not outlast a step
 * (`currentDecay: 0`), between `Linear`, `Affine`, `Conv2d`, `AvgPool2d` and `Flatten`; a readout as `CubaLI` or `LI`; the
 * neurons of a recurrent layer with a `Linear` from and to them, for which NIR states no delay; delays by input as a `Delay`
 * before the weights. Learnt constants and delays have their present values. Needs the npm package `h5wasm`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express: max pools, adaptive thresholds, the reset
 * `subtract`, a refractory period, decays of 1, delays by connection.
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
  let place = 0;
  for (const [index, layer] of layers.entries()) {
    if (layer.type !== "dense" && layer.type !== "conv2d") {
      chain.add(`${layer.type}${index}`, passive(layer, chain.shape, index));
      continue;
    }
    const given = parameters[place] as LayerParameters;
    const neuron = neuronOf(network, { index, layer, place, given }, clock);
    place += 1;
    for (const sentence of approximationsOf(layer, neuron, given, bias)) approximations.add(sentence);
    const below = chain.shape;
    const [fromBelow, own] = split(layer, given.weights);
    const waits = delays(layer, given, index);
    const [inputs = 0] = below;
    if (waits !== undefined) chain.add(`delay${index}`, { node: delayNode(waits.subarray(0, inputs), clock), shape: below });
    chain.add(`${layer.type}${index}`, weighted(layer, below, { ...given, weights: fromBelow }, neuron, bias));
    chain.add(`neuron${index}`, neurons(chain.shape, given, neuron, bias));
    if (own.length > 0) {
      const back: [string, NirNode] = [`recurrent${index}`, linear(own, chain.shape[0] ?? 0, neuron)];
      if (waits === undefined) chain.loop(back);
      else chain.loop([`recurrentDelay${index}`, delayNode(waits.subarray(inputs), clock)], back);
    }
  }
  const bytes = await writeGraph(chain.finish(), options.h5wasm);
  return { bytes, approximations: [...approximations] };
}

/** What a reader of the file does otherwise than the layer. */
function approximationsOf(
  layer: Weighted,
  { hasCurrent, resetsCurrent }: Neuron,
  { biases, learnt }: LayerParameters,
  bias: string,
): string[] {
  const found: string[] = [];
  if (hasCurrent) {
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
    found.push(
      layer.delays === undefined
        ? "spikes reach their own layer one step later here, NIR states no delay for a way back"
        : "spikes reach their own layer one step after their delay here, NIR states that delay alone",
    );
  }
  if (learnt?.delays !== undefined && !areWhole(learnt.delays)) found.push(BETWEEN_STEPS);
  return found;
}

/** A layer of the configuration, and its place among those with parameters. */
interface PlacedLayer {
  index: number;
  layer: Weighted;
  place: number;
  given: LayerParameters;
}

function neuronOf({ config, info }: Network, { index, layer, place, given }: PlacedLayer, clock: Clock): Neuron {
  const own = { ...(config.network.neuron as Required<NeuronConfig>), ...layer.neuron };
  const refuse = (field: keyof NeuronConfig, message: string): never => {
    const path = layer.neuron?.[field] === undefined ? "network.neuron" : `network.layers[${index}].neuron`;
    throw new SpikeletError("CONFIG_INVALID", `${path}.${field}`, message);
  };
  const fires = own.type !== "leaky";
  if (own.type === "alif") refuse("type", "NIR has no adaptive thresholds");
  if (fires && own.singleSpike) refuse("singleSpike", "NIR has no refractory period");
  if (fires && own.refractory > 0) refuse("refractory", "NIR has no refractory period");
  if (fires && own.reset === "subtract") refuse("reset", "NIR's neurons are reset to a value");
  const filters = given.biases.length;
  const decay = (field: "currentDecay" | "membraneDecay") => constant(given.learnt?.[field] ?? own[field]);
  const tau = (field: "currentDecay" | "membraneDecay"): Constant => {
    const taus = Array.from({ length: filters }, (_, filter) => {
      const value = decay(field)(filter);
      return clock.tau(value) ?? refuse(field, `no time constant has the decay ${value}`);
    });
    return (filter) => taus[filter] as number;
  };
  const [currentDecay, membraneDecay] = [decay("currentDecay"), decay("membraneDecay")];
  const hasCurrent = Array.from({ length: filters }, (_, filter) => currentDecay(filter)).some((value) => value !== 0);
  const gains = info.layerGains[place] ?? info.gains;
  const [current, membrane] = [constant(gains.current), constant(gains.membrane)];
  return {
    fires,
    resetsCurrent: fires && own.reset === "all",
    hasCurrent,
    threshold: constant(given.learnt?.threshold ?? own.threshold),
    gain: (filter) => current(filter) * membrane(filter),
    biasGain: constant(gains.bias),
    tauSyn: hasCurrent ? tau("currentDecay") : () => 0,
    tauMem: tau("membraneDecay"),
    currentStep: (filter) => 1 - currentDecay(filter),
    membraneStep: (filter) => 1 - membraneDecay(filter),
  };
}

/** One number for all, or one for each. */
function constant(given: PerUnit | Float32Array): Constant {
  if (typeof given === "number") return () => given;
  return (filter) => given[given.length === 1 ? 0 : filter] as number;
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

  /** Takes what comes out of the last node through others back to it. */
  loop(...way: [string, NirNode][]): void {
    const last = this.#last as string;
    let before = last;
    for (const [name, node] of way) {
      this.#nodes.set(name, node);
      this.#edges.push([before, name]);
      before = name;
    }
    this.#edges.push([before, last]);
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

/** Steps that spikes wait before the weights, from the previous layer and then from the layer itself. */
function delays(layer: Weighted, { learnt }: LayerParameters, index: number): Float32Array | undefined {
  if (layer.type !== "dense" || layer.delays === undefined) return undefined;
  if (layer.delays.by !== "connection") return learnt?.delays;
  const path = `network.layers[${index}].delays.by`;
  throw new SpikeletError("CONFIG_INVALID", path, "NIR has delays of units, not of single connections");
}

/** Weights from the previous layer, and those from the layer itself. */
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
function scaled(weights: Float32Array, filters: number, { hasCurrent, gain, membraneStep }: Neuron): Float32Array {
  if (hasCurrent) return weights;
  const inputs = weights.length / filters;
  return weights.map((weight, k) => {
    const filter = Math.floor(k / inputs);
    return weight * (gain(filter) / membraneStep(filter));
  });
}

function linear(weights: Float32Array, units: number, neuron: Neuron): NirNode {
  return node("Linear", { weight: floats([units, weights.length / units], scaled(weights, units, neuron)) });
}

function weighted(layer: Weighted, below: number[], { weights, biases }: LayerParameters, neuron: Neuron, bias: string): Added {
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

const node = (type: string, fields: Record<string, NirArray>): NirNode => ({ type, fields: new Map(Object.entries(fields)) });
const floats = (shape: number[], values: Float32Array): NirArray => ({ shape, values });
const whole = (...values: number[]): NirArray => ({ shape: [values.length], values: Int32Array.from(values) });
const one = (value: number): NirArray => ({ shape: [], values: Int32Array.of(value) });
