import { SpikeletError } from "../../errors.js";
import type { Delays, LayerInput } from "../../generated/config.js";
import type { GraphNode, Source } from "../../graph/graph.js";
import type { InputParameters, LayerParameters } from "../../results.js";
import type { SpikingLayer } from "./exported-neuron.js";
import type { Wires } from "./nodes.js";

/** An input of a layer with neurons, with its parameters. */
export interface ExportedInput {
  wires: Wires;
  sources: readonly Source[];
  /** How the units of the sources lie. */
  from: readonly number[];
  weights: Float32Array;
  /** Steps that spikes wait before the weights. */
  delays: Float32Array | undefined;
  /** Names of the nodes of the weights and the delays. */
  names: { weights: string; delay: string };
  /** Whether training leaves the weights alone. */
  isFixed: boolean;
}

/**
 * All inputs of a layer: its own, that of its own spikes in a recurrent layer, and further ones.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for delays by connection.
 */
export function exportedInputs(
  { own, further, shape }: GraphNode,
  layer: SpikingLayer,
  index: number,
  given: LayerParameters,
): ExportedInput[] {
  const path = `network.layers[${index}]`;
  const ofLayer = delaysOf(layer);
  const [first, recurrent, others] = parted(layer, given, further.length);
  refuseByConnection(ofLayer, path);
  const delays = (parameters: InputParameters) => (ofLayer === undefined ? undefined : parameters.learnt?.delays);
  const inputs: ExportedInput[] = [
    {
      wires: layer,
      sources: own.sources,
      from: own.shape,
      weights: first.weights,
      delays: delays(first),
      names: { weights: `${layer.type}${index}`, delay: `delay${index}` },
      isFixed: false,
    },
  ];
  if (recurrent !== undefined) {
    const names = { weights: `recurrent${index}`, delay: `recurrentDelay${index}` };
    const sources = [{ layer: index, isFeedback: true }];
    inputs.push({
      wires: layer,
      sources,
      from: shape,
      weights: recurrent.weights,
      delays: delays(recurrent),
      names,
      isFixed: false,
    });
  }
  for (const [number, { input, sources, shape: from }] of further.entries()) {
    refuseByConnection(delaysOf(input), `${path}.inputs[${number}]`);
    const { weights, learnt } = others[number] as InputParameters;
    const names = { weights: `${input.type}${index}_${number}`, delay: `delay${index}_${number}` };
    inputs.push({ wires: input, sources, from, weights, delays: learnt?.delays, names, isFixed: input.learn === false });
  }
  return inputs;
}

const delaysOf = (given: SpikingLayer | LayerInput): Delays | undefined => ("delays" in given ? given.delays : undefined);

function refuseByConnection(delays: Delays | undefined, path: string): void {
  if (delays?.by !== "connection") return;
  throw new SpikeletError("CONFIG_INVALID", `${path}.delays.by`, "NIR has delays of units, not of single connections");
}

/** Parameters of the layer's own input, of a recurrent one, and of further ones. */
function parted(
  layer: SpikingLayer,
  { weights, learnt, inputs = [] }: LayerParameters,
  further: number,
): [InputParameters, InputParameters | undefined, readonly InputParameters[]] {
  const first = { weights, ...(learnt && { learnt }) };
  if (layer.type !== "dense" || !layer.recurrent) return [first, undefined, inputs];
  // In a chain the weights from the layer's own units stand behind those from the layer before.
  if (inputs.length > further) return [first, inputs[0], inputs.slice(1)];
  const { units } = layer;
  const below = weights.length / units - units;
  const part = (start: number, length: number): InputParameters => ({
    weights: Float32Array.from(
      { length: units * length },
      (_, k) => weights[Math.floor(k / length) * (below + units) + start + (k % length)] ?? 0,
    ),
    ...(learnt?.delays && { learnt: { delays: learnt.delays.subarray(start, start + length) } }),
  });
  return [part(0, below), part(below, units), inputs];
}
