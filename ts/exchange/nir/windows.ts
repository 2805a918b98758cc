import type { LayerConfig } from "../../generated/config.js";
import type { NamedNode, NirArray, NirNode } from "./graph.js";

type Convolution = Extract<LayerConfig, { type: "conv2d" | "conv1d" }>;
type Pool = Extract<LayerConfig, { type: "avgPool2d" }>;
type Padding = "same" | "valid" | readonly number[];

/** A window along each axis: of two numbers over images, of one over sequences. */
interface Windows {
  taps: readonly number[];
  stride: readonly number[];
  padding: Padding;
  dilation: readonly number[];
}

/** `[channels, ...]` of what a convolution makes of `[channels, ...]`. */
export function convolved(layer: Convolution, [, ...sizes]: readonly number[]): number[] {
  return [layer.channels, ...outputSizes(windowsOf(layer), sizes)];
}

/** `[channels, height, width]` of what a pool makes of an image. */
export function pooled(layer: Pool, [channels = 1, ...sizes]: readonly number[]): number[] {
  const taps = pair(layer.window);
  return [
    channels,
    ...outputSizes({ taps, stride: pair(layer.stride ?? layer.window), padding: [0, 0], dilation: [1, 1] }, sizes),
  ];
}

function outputSizes({ taps, stride, padding, dilation }: Windows, sizes: readonly number[]): number[] {
  if (padding === "same") return [...sizes];
  return sizes.map((size, axis) => {
    const zeros = padding === "valid" ? 0 : 2 * (padding[axis] ?? 0);
    const span = (dilation[axis] ?? 1) * ((taps[axis] ?? 1) - 1) + 1;
    return Math.floor((size + zeros - span) / (stride[axis] ?? 1)) + 1;
  });
}

/** Fields of a node that say where the kernel of a convolution lies. */
export function convolutionFields(layer: Convolution, [, ...sizes]: readonly number[]): Record<string, NirArray | string> {
  const { stride, padding, dilation } = windowsOf(layer);
  const numbers = layer.type === "conv1d" ? ([value = 0]: readonly number[]) => whole([], value) : all;
  return {
    input_shape: numbers(sizes),
    stride: numbers(stride),
    padding: typeof padding === "string" ? padding : numbers(padding),
    dilation: numbers(dilation),
    groups: whole([], layer.groups ?? 1),
  };
}

/** A node with the windows of a pool. */
export function poolNode(layer: Pool): NirNode {
  const fields = { kernel_size: all(pair(layer.window)), stride: all(pair(layer.stride ?? layer.window)), padding: all([0, 0]) };
  return { type: "AvgPool2d", fields: new Map(Object.entries(fields)) };
}

/** Height and width, or the length, of a kernel. */
export function kernelSizes(layer: Convolution): readonly number[] {
  return windowsOf(layer).taps;
}

/** Padding of odd kernels that keeps a size is written as numbers, which every reader knows. */
function windowsOf(layer: Convolution): Windows {
  const of = (size: number | readonly number[]) => along(size, layer.type === "conv1d" ? 1 : 2);
  const [taps, stride, dilation] = [of(layer.kernel), of(layer.stride ?? 1), of(layer.dilation ?? 1)];
  const { padding = "same" } = layer;
  if (padding === "valid") return { taps, stride, dilation, padding: taps.map(() => 0) };
  if (padding !== "same") return { taps, stride, dilation, padding: of(padding) };
  const around = taps.map((count, axis) => (dilation[axis] ?? 1) * (count - 1));
  return { taps, stride, dilation, padding: around.some((zeros) => zeros % 2 === 1) ? "same" : around.map((zeros) => zeros / 2) };
}

/** The convolution of a node, of a kernel `[height, width]` or `[length]`. */
export function readConvolution(node: NamedNode, channels: number, kernel: readonly number[]): Convolution {
  const count = kernel.length;
  const numbers = (field: string) => simplest(wholes(node, field, count));
  const padding = node.is("padding", "same") ? "same" : node.is("padding", "valid") ? "valid" : wholes(node, "padding", count);
  const settings = {
    channels,
    stride: numbers("stride"),
    padding: typeof padding === "string" ? padding : named(node, padding, kernel),
    dilation: numbers("dilation"),
    groups: node.whole("groups"),
  };
  const given = Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== (name === "padding" ? "same" : 1)),
  );
  const type = count === 1 ? "conv1d" : "conv2d";
  return { type, channels, kernel: simplest(kernel), ...given } as Convolution;
}

/** The pool of a node. */
export function readPool(node: NamedNode): Pool {
  const [window, stride] = [wholes(node, "kernel_size", 2), wholes(node, "stride", 2)];
  if (node.whole("padding") !== 0) throw node.fault("padding", "must be 0");
  const isApart = window.every((size, axis) => size === stride[axis]);
  const given = { window: simplest(window), ...(isApart ? {} : { stride: simplest(stride) }) };
  return { type: "avgPool2d", ...given } as Pool;
}

/** "same" for numbers that keep the size, with stride 1. */
function named(node: NamedNode, padding: readonly number[], kernel: readonly number[]): Padding | number {
  const [stride, dilation] = [wholes(node, "stride", kernel.length), wholes(node, "dilation", kernel.length)];
  const isSame = padding.every((zeros, axis) => 2 * zeros === (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1));
  return isSame && stride.every((distance) => distance === 1) ? "same" : simplest(padding);
}

/** Whole numbers of a field, one for each of `count` axes. */
function wholes(node: NamedNode, field: string, count: number): number[] {
  const number = node.numbers(field, count);
  const found = Array.from({ length: count }, (_, axis) => number(axis));
  if (found.every((value) => Number.isInteger(value) && value >= 0)) return found;
  throw node.fault(field, `must be whole numbers, got [${found.join(", ")}]`);
}

/** One number where all are equal. */
function simplest(values: readonly number[]): number | [number, number] {
  const [first = 0, second = first] = values;
  return first === second ? first : [first, second];
}

function pair(size: number | readonly number[]): readonly number[] {
  return along(size, 2);
}

/** The size along each axis. */
function along(size: number | readonly number[], axes: number): readonly number[] {
  return typeof size === "number" ? new Array<number>(axes).fill(size) : size;
}

const whole = (shape: number[], ...values: number[]): NirArray => ({ shape, values: Int32Array.from(values) });
const all = (values: readonly number[]): NirArray => whole([values.length], ...values);
