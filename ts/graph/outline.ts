import type { LayerConfig, LayerInput, NetworkConfig, NeuronConfig } from "../generated/config.js";
import { graphOf, hasNeurons, INPUT, type Source, unitsOf } from "./graph.js";
import { parameterCount } from "./parameters.js";

/** A source, as figures and tables name it. */
export interface OutlineSource {
  /** The layer, counted from the input up among all; `null` for the network's input. */
  layer: number | null;
  name: string;
  /** Whether its spikes arrive one step later. */
  isFeedback: boolean;
}

/** An input of a layer. */
export interface OutlineInput {
  /** What it connects by, with its settings: `dense`, `conv2d, kernel 3`. */
  text: string;
  /** Sources, whose spikes add. */
  from: OutlineSource[];
}

/** A layer, as figures and tables show it. */
export interface LayerOutline {
  /** The name in the configuration; without one `layer 0` and so on of layers with neurons, the type of others. */
  name: string;
  /** The layer with its settings: `conv2d, channels 16, kernel 3`. */
  text: string;
  /** Place among the layers with neurons, as in `info.layers`; `null` of others. */
  spiking: number | null;
  from: OutlineSource[];
  /** Further inputs, that of its own spikes first in a recurrent layer. */
  further: OutlineInput[];
  /** How its units lie: `[units]`, `[channels, length]` or `[channels, height, width]`. */
  shape: number[];
  /** Weights, biases, learnt constants and delays. */
  parameters: number;
}

/** A network, as figures and tables show it. */
export interface NetworkOutline {
  /** How the units of the input lie: `[units]`, `[channels, length]` or `[channels, height, width]`. */
  input: number[];
  /** From the input up. */
  layers: LayerOutline[];
}

/** A valid configuration in words. */
export function outlineOf(network: Pick<NetworkConfig, "input" | "layers" | "neuron">): NetworkOutline {
  const nodes = graphOf(network);
  let count = 0;
  const spiking = nodes.map(({ layer }) => (hasNeurons(layer) ? count++ : null));
  const names = nodes.map(({ layer }, place) => layer.name ?? (spiking[place] === null ? layer.type : `layer ${spiking[place]}`));
  const named = (sources: readonly Source[]): OutlineSource[] =>
    sources.map((source) => ({ ...source, name: source.layer === null ? INPUT : (names[source.layer] as string) }));
  const layers = nodes.map((node, place) => ({
    name: names[place] as string,
    text: layerText(node.layer, network.neuron),
    spiking: spiking[place] ?? null,
    from: named(node.own.sources),
    further: [
      ...(node.layer.type === "dense" && node.layer.recurrent === true
        ? [{ text: "dense", from: named([{ layer: place, isFeedback: true }]) }]
        : []),
      ...node.further.map(({ input, sources }) => ({ text: inputText(input), from: named(sources) })),
    ],
    shape: node.shape,
    parameters: parameterCount(node, network.neuron ?? {}),
  }));
  return { input: [network.input].flat(), layers };
}

/** Whether each layer gets the spikes of the one before and no others but its own. */
export function isChain(layers: readonly LayerOutline[]): boolean {
  return layers.every(({ from, further }, place) => {
    const isNext = from.length === 1 && from[0]?.layer === (place === 0 ? null : place - 1);
    return isNext && further.every((input) => input.from.every(({ layer }) => layer === place));
  });
}

/** Sources as text: `a + b`. */
export function sourcesText(from: readonly OutlineSource[]): string {
  return from.map(({ name, isFeedback }) => (isFeedback ? `${name} one step later` : name)).join(" + ");
}

/** Sizes as text: `16 × 8 × 8`. */
export const sizesText = (shape: readonly number[]): string => shape.join(" × ");

/** A shape as text: `48 units`, `16 × 8 × 8`. */
export function shapeText(shape: readonly number[]): string {
  const units = unitsOf(shape);
  return shape.length > 1 ? sizesText(shape) : `${units} ${units === 1 ? "unit" : "units"}`;
}

/** Whether the configuration names the layer. */
export const isNamed = ({ name, text, spiking }: LayerOutline): boolean =>
  name !== (spiking === null ? text.split(",")[0] : `layer ${spiking}`);

/** Whether a layer has its own spikes as an input by `recurrent`. */
export const isRecurrent = ({ text }: Pick<LayerOutline, "text">): boolean => text.split(", ").includes("recurrent");

/** Settings of convolutions that go without saying. */
const USUAL: Readonly<Record<string, unknown>> = { stride: 1, padding: "same", dilation: 1, groups: 1, by: "unit" };

/** The type of a layer with its settings that are numbers, words or flags, and a neuron that is not the usual one. */
function layerText(layer: LayerConfig, common: NeuronConfig | undefined): string {
  const { type, name: _, from: __, ...settings } = layer;
  const neuron = hasNeurons(layer) ? (layer.neuron?.type ?? common?.type ?? "lif") : "lif";
  const delays = "delays" in layer && layer.delays !== undefined ? ["delays"] : [];
  return [type, ...settingsTexts(settings), ...delays, ...(neuron === "lif" ? [] : [neuron])].join(", ");
}

function inputText({ type, from: _, learn, ...settings }: LayerInput): string {
  const delays = "delays" in settings && settings.delays !== undefined ? ["delays"] : [];
  return [type, ...settingsTexts(settings), ...delays, ...(learn === false ? ["fixed"] : [])].join(", ");
}

function settingsTexts(settings: object): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (name === "units" || name === "inputs" || USUAL[name] === value) return [];
    if (value === true) return [name];
    if (Array.isArray(value)) return [`${name} ${value.join(" × ")}`];
    return typeof value === "number" || typeof value === "string" ? [`${name} ${value}`] : [];
  });
}
