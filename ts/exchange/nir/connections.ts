import type { LayerConfig, LayerInput, Sources } from "../../generated/config.js";
import { outputShape, unitsOf } from "../../graph/graph.js";
import type { NamedNode } from "./graph.js";
import type { Signal } from "./signal.js";
import { type Kernel, readKernel } from "./windows.js";

type Kind = { type: "dense" } | ({ type: "conv2d" | "conv1d" } & Kernel) | { type: "oneToOne"; by?: "channel"; learn?: false };

/** What leads spikes into the membranes of a layer. */
export interface Connection {
  kind: Kind;
  /** How the units lie that get its currents. */
  shape: readonly number[];
  weights: ArrayLike<number>;
  /** Units with weights of their own. */
  rows: number;
  /** One for each of these. */
  biases: readonly number[] | undefined;
}

/** How the currents of a node of weights lie, undefined if its sources would have to be known. */
export function currentsShape(weights: NamedNode | undefined, signal: Signal | undefined): readonly number[] | undefined {
  if (weights?.type === "Linear" || weights?.type === "Affine") return [sizesOf(weights)[0]];
  return signal && connectionOf(weights, signal).shape;
}

/**
 * The connection of a node of weights, or of none, in front of neurons.
 *
 * @throws {SpikeletError} `DATA_FORMAT` if it does not fit what arrives.
 */
export function connectionOf(weights: NamedNode | undefined, signal: Signal): Connection {
  switch (weights?.type) {
    case undefined:
      return oneToOne(signal.shape, () => 1, { learn: false });
    case "Scale":
      return scale(weights, signal.shape);
    case "Conv2d":
    case "Conv1d":
      return convolution(weights, signal.shape);
    default:
      return dense(weights as NamedNode, signal.shape);
  }
}

/** A connection as the layer whose first it is. */
export function asLayer({ kind, shape }: Connection): LayerConfig {
  const [units = 0] = shape;
  if (kind.type === "dense") return { ...kind, units };
  if (kind.type !== "oneToOne") return { ...kind, channels: units };
  const { learn: _, ...layer } = kind;
  return layer;
}

/** A connection as a further input of a layer. */
export const asInput = ({ kind }: Connection, from: Sources): LayerInput => ({ ...kind, from });

/** Whether a layer can have the connection as its own. */
export const canBeOwn = ({ kind, shape }: Connection): boolean =>
  kind.type !== "oneToOne" || shape.length === 1 || kind.by === "channel";

function dense(node: NamedNode, shape: readonly number[]): Connection {
  const [units, inputs] = sizesOf(node);
  if (shape.length !== 1 || shape[0] !== inputs) throw node.fault("weight", `takes ${inputs} inputs, got [${shape.join(", ")}]`);
  const biases = node.type === "Affine" ? biasesOf(node, units) : undefined;
  return { kind: { type: "dense" }, shape: [units], weights: node.array("weight").values, rows: units, biases };
}

function sizesOf(node: NamedNode): [units: number, inputs: number] {
  const { shape } = node.array("weight");
  const [units = 0, inputs = 0] = shape;
  if (shape.length === 2) return [units, inputs];
  throw node.fault("weight", `must have two dimensions, got [${shape.join(", ")}]`);
}

function convolution(node: NamedNode, below: readonly number[]): Connection {
  const { shape: size, values } = node.array("weight");
  const [filters = 0, perGroup = 0, ...taps] = size;
  const [axes, wanted] = node.type === "Conv1d" ? [1, "length"] : [2, "height, width"];
  if (below.length !== axes + 1) throw node.fault("", `needs [channels, ${wanted}], got [${below.join(", ")}]`);
  if (taps.length !== axes) {
    const channels = "channels, channels of a group of the previous layer";
    throw node.fault("weight", `must be [${channels}, ${wanted}], got [${size.join(", ")}]`);
  }
  const kernel = readKernel(node, taps);
  const channels = perGroup * (kernel.groups ?? 1);
  if (channels !== below[0]) throw node.fault("weight", `takes ${channels} channels, got ${below[0]}`);
  const type = axes === 1 ? "conv1d" : "conv2d";
  const shape = outputShape({ type, channels: filters, ...kernel }, below);
  if (shape.some((length) => !(length > 0))) throw node.fault("weight", `has no place on [${below.join(", ")}]`);
  return { kind: { type, ...kernel }, shape, weights: values, rows: filters, biases: biasesOf(node, filters) };
}

function scale(node: NamedNode, shape: readonly number[]): Connection {
  const factor = node.numbers("scale", unitsOf(shape));
  return oneToOne(shape, factor, {});
}

/** Weights by channel where those of a channel are the same at all its places. */
function oneToOne(shape: readonly number[], weight: (unit: number) => number, how: { learn?: false }): Connection {
  const [units, [channels = 1]] = [unitsOf(shape), shape];
  const places = units / channels;
  const isByChannel = shape.length > 1 && range(units).every((unit) => weight(unit) === weight(unit - (unit % places)));
  if (!isByChannel)
    return { kind: { type: "oneToOne", ...how }, shape, weights: range(units).map(weight), rows: units, biases: undefined };
  const weights = range(channels).map((channel) => weight(channel * places));
  return { kind: { type: "oneToOne", by: "channel", ...how }, shape, weights, rows: channels, biases: undefined };
}

function biasesOf(node: NamedNode, filters: number): number[] {
  return range(filters).map(node.numbers("bias", filters));
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
