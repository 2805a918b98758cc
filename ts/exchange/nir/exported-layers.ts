import { SpikeletError } from "../../errors.js";
import { type GraphNode, hasNeurons } from "../../graph/graph.js";
import type { Network } from "../../network.js";
import type { LayerParameters } from "../../results.js";
import { type ExportedInput, exportedInputs } from "./exported-inputs.js";
import { type ExportedNeuron, exportedNeuron } from "./exported-neuron.js";
import type { Clock } from "./options.js";

/** A layer with neurons, as its nodes need it. */
export interface ExportedLayer {
  neuron: ExportedNeuron;
  inputs: ExportedInput[];
  biases: Float32Array;
  /** The input whose weights have the biases, as currents; -1 where they are resting potentials, undefined where all are 0. */
  biased: number | undefined;
}

/** How a network becomes a graph. */
export interface ExportHow {
  clock: Clock;
  /** How biases of neurons with a synaptic current are written. */
  bias: "leak" | "affine";
}

/**
 * The layers with neurons, by their places among all.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express.
 */
export function exportedLayers(
  network: Network,
  nodes: readonly GraphNode[],
  parameters: readonly LayerParameters[],
  { clock, bias }: ExportHow,
): Map<number, ExportedLayer> {
  const found = new Map<number, ExportedLayer>();
  for (const [index, node] of nodes.entries()) {
    const { layer } = node;
    if (!hasNeurons(layer)) continue;
    const given = parameters[found.size] as LayerParameters;
    const neuron = exportedNeuron(network, { index, layer, place: found.size, given }, clock);
    const inputs = exportedInputs(node, layer, index, given);
    const { biases } = given;
    const biased = biases.some((value) => value !== 0) ? placeOfBiases(inputs, neuron, bias) : undefined;
    if (biased === -1 && !neuron.hasLeak) {
      const message = "NIR has no bias for IF neurons behind Scale alone, and this layer has biases other than 0";
      throw new SpikeletError("CONFIG_INVALID", `network.layers[${index}].type`, message);
    }
    found.set(index, { neuron, inputs, biases, biased });
  }
  return found;
}

/** The first input that can have biases, where they are to be currents; `Scale` has none. */
function placeOfBiases(inputs: readonly ExportedInput[], { hasCurrent }: ExportedNeuron, bias: "leak" | "affine"): number {
  return hasCurrent && bias === "leak" ? -1 : inputs.findIndex(({ wires }) => wires.type !== "oneToOne");
}
