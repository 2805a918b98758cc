import type { LayerConfig, LayerInput, NetworkConfig, Sources } from "../generated/config.js";
import { convolutionWindows, placesOf, poolWindows } from "./windows.js";

/** Name of the network's input among sources. */
export const INPUT = "input";

/** A source of an input. */
export interface Source {
  /** The layer, counted from the input up among all; `null` for the network's input. */
  layer: number | null;
  /** Whether its spikes arrive one step later: it is not an earlier layer. */
  isFeedback: boolean;
}

/** Spikes that add, and how their units lie: `[units]`, `[channels, length]` or `[channels, height, width]`. */
export interface Arriving {
  sources: Source[];
  shape: number[];
}

/** A further input of a layer with its sources. */
export interface FurtherInput extends Arriving {
  input: LayerInput;
}

/** A layer with its sources (spec 16). */
export interface GraphNode {
  layer: LayerConfig;
  /** What its own connection, or what it is without neurons, gets. */
  own: Arriving;
  further: FurtherInput[];
  /** How its units lie. */
  shape: number[];
}

/** Whether a layer has neurons. */
export function hasNeurons(layer: LayerConfig): layer is Extract<LayerConfig, { inputs?: unknown }> {
  return layer.type === "dense" || layer.type === "conv2d" || layer.type === "conv1d" || layer.type === "oneToOne";
}

/** Number of units of a shape. */
export const unitsOf = (shape: readonly number[]): number => shape.reduce((units, length) => units * length, 1);

/** The layers of a valid configuration with their sources and shapes, from the input up. */
export function graphOf({ input, layers }: Pick<NetworkConfig, "input" | "layers">): GraphNode[] {
  const places = new Map(layers.flatMap(({ name }, place) => (name === undefined ? [] : [[name, place] as const])));
  const named = (from: Sources, layer: number): Source[] =>
    [from].flat().map((name) => {
      const source = name === INPUT ? null : (places.get(name) ?? null);
      return { layer: source, isFeedback: source !== null && source >= layer };
    });
  const sources = layers.map(({ from }, layer) => {
    return from === undefined ? [{ layer: layer === 0 ? null : layer - 1, isFeedback: false }] : named(from, layer);
  });
  const whole = [input].flat();
  const shapes = shapesOf(whole, layers, sources);
  const shapeOf = ([first]: readonly Source[]) =>
    first === undefined || first.layer === null ? whole : (shapes[first.layer] ?? []);
  return layers.map((layer, place) => {
    const own = sources[place] ?? [];
    const inputs = (hasNeurons(layer) ? layer.inputs : undefined) ?? [];
    return {
      layer,
      own: { sources: own, shape: shapeOf(own) },
      further: inputs.map((input) => {
        const from = named(input.from, place);
        return { input, sources: from, shape: shapeOf(from) };
      }),
      shape: shapes[place] ?? [],
    };
  });
}

/** Shapes of all layers; the shape of a later one may have to be known first. */
function shapesOf(input: number[], layers: readonly LayerConfig[], sources: readonly Source[][]): (number[] | undefined)[] {
  const shapes = layers.map((): number[] | undefined => undefined);
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const [place, layer] of layers.entries()) {
      if (shapes[place] !== undefined) continue;
      const known = sources[place]?.map((source) => (source.layer === null ? input : shapes[source.layer]));
      const shape = known?.find((shape) => shape !== undefined);
      if (shape === undefined) continue;
      shapes[place] = outputShape(layer, shape);
      isNew = true;
    }
  }
  return shapes;
}

/** How the units of a layer lie, on sources of a shape. */
export function outputShape(layer: LayerConfig, shape: readonly number[]): number[] {
  const [channels = 1, ...sizes] = shape;
  switch (layer.type) {
    case "dense":
      return [layer.units];
    case "conv2d":
    case "conv1d":
      return [layer.channels, ...placesOf(convolutionWindows(layer, sizes.length), sizes)];
    case "avgPool2d":
    case "maxPool2d":
    case "avgPool1d":
    case "maxPool1d":
      return [channels, ...placesOf(poolWindows(layer, sizes.length), sizes)];
    case "globalAvgPool":
      return [channels];
    case "oneToOne":
      return [...shape];
    case "flatten":
      return [unitsOf(shape)];
  }
}
