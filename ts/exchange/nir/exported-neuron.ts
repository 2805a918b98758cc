import { SpikeletError } from "../../errors.js";
import type { NeuronConfig, PerUnit } from "../../generated/config.js";
import type { GraphNode } from "../../graph/graph.js";
import type { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import type { Clock } from "./options.js";

/** A layer with neurons. */
export type SpikingLayer = Extract<GraphNode["layer"], { inputs?: unknown }>;

/** A constant of each unit, in a convolution of each channel. */
export type Constant = (filter: number) => number;

/** The neurons of a layer, as NIR's neurons need them. */
export interface ExportedNeuron {
  fires: boolean;
  /** Whether a spike ends the current. */
  resetsCurrent: boolean;
  /** Whether the synaptic current outlasts a step. */
  hasCurrent: boolean;
  /** Whether the membrane decays. */
  hasLeak: boolean;
  threshold: Constant;
  /** The input's gain to the membrane, with those of the decays taken out. */
  gain: Constant;
  biasGain: Constant;
  tauSyn: Constant;
  tauMem: Constant;
  currentStep: Constant;
  /** What a step adds to the membrane of its input. */
  membraneStep: Constant;
}

/** A layer of the configuration, and its place among those with parameters. */
export interface PlacedLayer {
  index: number;
  layer: SpikingLayer;
  place: number;
  given: LayerParameters;
}

/**
 * The neurons of a layer with their present constants.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR's neurons can't do.
 */
export function exportedNeuron(
  { config, info }: Network,
  { index, layer, place, given }: PlacedLayer,
  clock: Clock,
): ExportedNeuron {
  const own = { ...(config.network.neuron as Required<NeuronConfig>), ...layer.neuron };
  const refuse = (field: keyof NeuronConfig, message: string): never => {
    const path = layer.neuron?.[field] === undefined ? "network.neuron" : `network.layers[${index}].neuron`;
    throw new SpikeletError("CONFIG_INVALID", `${path}.${field}`, message);
  };
  const fires = own.type !== "leaky";
  if (fires && own.type !== "lif") refuse("type", `NIR has no node for the neuron ${own.type}`);
  if (fires && own.singleSpike) refuse("singleSpike", "NIR has no refractory period");
  if (fires && own.refractory > 0) refuse("refractory", "NIR has no refractory period");
  if (fires && own.reset !== "all" && own.reset !== "membrane") refuse("reset", "NIR's neurons are reset to a value");
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
  const all = Array.from({ length: filters }, (_, filter) => filter);
  const hasCurrent = all.some((filter) => currentDecay(filter) !== 0);
  const hasLeak = hasCurrent || all.some((filter) => membraneDecay(filter) !== 1);
  const gains = info.layerGains[place] ?? info.gains;
  const [current, membrane] = [constant(gains.current), constant(gains.membrane)];
  return {
    fires,
    resetsCurrent: fires && own.reset === "all",
    hasCurrent,
    hasLeak,
    threshold: constant(given.learnt?.threshold ?? own.threshold),
    gain: (filter) => current(filter) * membrane(filter),
    biasGain: constant(gains.bias),
    tauSyn: hasCurrent ? tau("currentDecay") : () => 0,
    tauMem: hasLeak ? tau("membraneDecay") : () => 0,
    currentStep: (filter) => 1 - currentDecay(filter),
    membraneStep: (filter) => (hasLeak ? 1 - membraneDecay(filter) : 1),
  };
}

/** One number for all, or one for each. */
function constant(given: PerUnit | Float32Array): Constant {
  if (typeof given === "number") return () => given;
  return (filter) => given[given.length === 1 ? 0 : filter] as number;
}
