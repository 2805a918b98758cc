import { fields } from "../../check/fields.js";
import { instanceOf, oneOf } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import type { LayerConfig } from "../../generated/config.js";
import { type OwnBytes, ownBytes } from "../../io/bytes.js";
import { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import { Chain } from "./chain.js";
import { areWhole, BETWEEN_STEPS, delayNode } from "./delays.js";
import { type ExportedNeuron, exportedNeuron, type Weighted } from "./exported-neuron.js";
import type { NirNode } from "./graph.js";
import { writeGraph } from "./hdf5.js";
import { linear, neurons, passive, weighted } from "./nodes.js";
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
  bytes: OwnBytes;
  /** Sentences on what another program will compute differently; empty if nothing. */
  approximations: string[];
}

const exportOptions = fields<NirExportOptions>({ ...NIR_OPTIONS, bias: oneOf("leak", "affine") });

/**
 * A NIR file with the network: `CubaLIF` neurons, or `LIF` where the synaptic current does not outlast a step
 * (`currentDecay: 0`), between `Linear`, `Affine`, `Conv2d`, `Conv1d`, `AvgPool2d` and `Flatten`; a readout as `CubaLI` or `LI`; the
 * neurons of a recurrent layer with a `Linear` from and to them, for which NIR states no delay; delays by input as a `Delay`
 * before the weights. Learnt constants and delays have their present values. Needs the npm package `h5wasm`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express: max pools, pools of sequences or whole channels, adaptive thresholds, the reset
 * `subtract`, a refractory period, decays of 1, delays by connection; and of a network that is no chain of layers.
 */
export async function exportNir(network: Network, options: NirExportOptions = {}): Promise<ExportedNetwork> {
  instanceOf(Network, "a network")(network, "network");
  const { bias = "leak" } = exportOptions(options, "");
  const { input, layers } = network.config.network;
  for (const [index, layer] of layers.entries()) refuseBranches(layer, `network.layers[${index}]`);
  const clock = new Clock(options);
  const parameters = await network.parameters();
  const shape = typeof input === "number" ? [input] : [...input];
  const chain = new Chain(shape);
  const approximations = new Set<string>();
  let place = 0;
  for (const [index, layer] of layers.entries()) {
    if (layer.type !== "dense" && layer.type !== "conv2d" && layer.type !== "conv1d") {
      if (layer.type === "oneToOne") continue;
      chain.add(`${layer.type}${index}`, passive(layer, chain.shape, index));
      continue;
    }
    const given = parameters[place] as LayerParameters;
    const neuron = exportedNeuron(network, { index, layer, place, given }, clock);
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
  const bytes = ownBytes(await writeGraph(chain.finish(), options.h5wasm));
  return { bytes, approximations: [...approximations] };
}

/** Files are of chains. */
function refuseBranches(layer: LayerConfig, path: string): void {
  const refuse = (field: string) => {
    throw new SpikeletError(
      "CONFIG_INVALID",
      `${path}.${field}`,
      "exportNir writes chains of layers, in which each has one source",
    );
  };
  if (layer.type === "oneToOne") refuse("type");
  if (layer.from !== undefined) refuse("from");
  if ("inputs" in layer && layer.inputs !== undefined) refuse("inputs");
}

/** What a reader of the file does otherwise than the layer. */
function approximationsOf(
  layer: Weighted,
  { hasCurrent, resetsCurrent }: ExportedNeuron,
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
