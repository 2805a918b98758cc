import type { LayerConfig, NetworkConfig, Sources } from "../../generated/config.js";
import { INPUT } from "../../graph/graph.js";
import type { InputParameters, LayerParameters } from "../../results.js";
import type { ReadInput, ReadLayer } from "./imported-layers.js";
import { byLayer } from "./imported-neuron.js";

/** Layers with parameters as a configuration and the arrays of its network; names stay where a `from` needs them. */
export function assembled(
  layers: readonly ReadLayer[],
  input: string,
): Pick<NetworkConfig, "neuron" | "layers"> & { parameters: LayerParameters[] } {
  const names = namesOf(layers, input);
  const used = new Set<string>();
  const from = (sources: readonly string[]): Sources => {
    const found = sources.map((source) => names.get(source) as string);
    for (const name of found) used.add(name);
    return found.length === 1 ? (found[0] as string) : found;
  };
  const isNext = (place: number, sources: readonly string[]) =>
    sources.length === 1 && sources[0] === (place === 0 ? input : layers[place - 1]?.name);
  const isChain = layers.every(
    ({ config, sources, further }, place) => isNext(place, sources) && further.length === 0 && config.type !== "oneToOne",
  );
  const { common, own } = byLayer(new Map(layers.flatMap(({ neurons }, place) => (neurons ? [[place, neurons.neuron]] : []))));
  const configs = layers.map(({ config, sources, further }, place) => ({
    ...config,
    ...(isNext(place, sources) ? {} : { from: from(sources) }),
    ...(further.length === 0 ? {} : { inputs: further.map(({ sources, input }) => ({ ...input, from: from(sources) })) }),
    ...(own.has(place) ? { neuron: own.get(place) } : {}),
  }));
  const named = configs.map((config, place) => {
    const name = names.get(layers[place]?.name ?? "") as string;
    return (used.has(name) ? { name, ...config } : config) as LayerConfig;
  });
  return { neuron: common, layers: named, parameters: layers.flatMap((layer) => parametersOf(layer, isChain)) };
}

/** Names of layers by those of their nodes. */
function namesOf(layers: readonly ReadLayer[], input: string): Map<string, string> {
  const taken = new Set([INPUT]);
  const names = new Map([[input, INPUT]]);
  for (const { name: node } of layers) {
    let name = node;
    while (taken.has(name)) name += "_";
    taken.add(name);
    names.set(node, name);
  }
  return names;
}

/** In a chain, the weights from a recurrent layer's own units stand behind those from the layer before. */
function parametersOf({ neurons }: ReadLayer, isChain: boolean): LayerParameters[] {
  if (neurons === undefined) return [];
  const { own, recurrent, further, biases } = neurons;
  const units = biases.length;
  if (recurrent === undefined || !isChain) {
    const inputs = [...(recurrent === undefined ? [] : [recurrent]), ...further];
    const [first, ...others] = sharing([own, ...inputs], recurrent === undefined ? 0 : units) as [
      InputParameters,
      ...InputParameters[],
    ];
    return [{ ...first, biases, ...(others.length > 0 && { inputs: others }) }];
  }
  const below = own.weights.length / units;
  const inputs = below + units;
  const weights = Float32Array.from({ length: units * inputs }, (_, k) => {
    const [unit, input] = [Math.floor(k / inputs), k % inputs];
    return (input < below ? own.weights[unit * below + input] : recurrent.weights[unit * units + input - below]) ?? 0;
  });
  if (own.delays === undefined && recurrent.delays === undefined) return [{ weights, biases }];
  const delays = new Float32Array(inputs);
  delays.set(own.delays ?? []);
  delays.set(recurrent.delays ?? [], below);
  return [{ weights, biases, learnt: { delays } }];
}

/** Parameters of inputs, of which the first and, in a recurrent layer of so many units, the second have delays both or neither. */
function sharing(inputs: readonly ReadInput[], recurrentUnits: number): InputParameters[] {
  const isDelayed = recurrentUnits > 0 && inputs.slice(0, 2).some(({ delays }) => delays !== undefined);
  return inputs.map(({ weights, delays }, k) => {
    const none = k < 2 && isDelayed ? new Float32Array(k === 1 ? recurrentUnits : weights.length / recurrentUnits) : undefined;
    const found = delays ?? none;
    return { weights, ...(found !== undefined && { learnt: { delays: found } }) };
  });
}
