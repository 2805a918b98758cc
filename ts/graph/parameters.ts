import type { LayerInput, NeuronConfig } from "../generated/config.js";
import { type GraphNode, hasNeurons, unitsOf } from "./graph.js";
import { convolutionWindows } from "./windows.js";

type Layer = Extract<GraphNode["layer"], { inputs?: unknown }>;

/** Number of weights, biases, learnt constants and delays of a layer with its further inputs. */
export function parameterCount({ layer, own, further, shape }: GraphNode, common: NeuronConfig): number {
  if (!hasNeurons(layer)) return 0;
  const [filters = 0] = shape;
  const constants = { ...common, ...layer.neuron };
  const learnt = constants.learn ?? [];
  const learntCount = learnt.reduce((sum, name) => sum + (Array.isArray(constants[name]) ? filters : 1), 0);
  const inputs = [
    connectionCount(layer, own.shape, shape),
    ...(layer.type === "dense" && layer.recurrent ? [connectionCount(layer, shape, shape)] : []),
    ...further.map((input) => connectionCount(input.input, input.shape, shape)),
  ];
  return inputs.reduce((sum, count) => sum + count, filters + learntCount);
}

/** Number of weights and delays of a connection from units of a shape to others. */
function connectionCount(given: Layer | LayerInput, from: readonly number[], to: readonly number[]): number {
  const [filters = 0] = to;
  switch (given.type) {
    case "oneToOne":
      return given.by === "channel" ? filters : unitsOf(to);
    case "conv2d":
    case "conv1d":
      return (filters * (from[0] ?? 1) * unitsOf(convolutionWindows(given, from.length - 1).taps)) / (given.groups ?? 1);
    case "dense": {
      const [inputs, weights] = [unitsOf(from), filters * unitsOf(from)];
      return weights + (given.delays === undefined ? 0 : given.delays.by === "connection" ? weights : inputs);
    }
  }
}
