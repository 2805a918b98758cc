import type { Convolution, LayerConfig, Pool } from "../../generated/config.js";
import { convolutionWindows, poolWindows } from "../../graph/windows.js";
import type { NamedNode, NirArray, NirNode } from "./graph.js";

/** The settings of a convolution, as a layer and as a further input have them. */
export type Kernel = Pick<Convolution, "kernel" | "stride" | "padding" | "dilation" | "groups">;

/** Fields of a node that say where the kernel of a convolution lies, over sources of a shape. */
export function convolutionFields(kernel: Kernel, [, ...sizes]: readonly number[]): Record<string, NirArray | string> {
  const { stride, padding, dilation } = convolutionWindows({ from: [], ...kernel }, sizes.length);
  const numbers = sizes.length === 1 ? ([value = 0]: readonly number[]) => whole([], value) : all;
  return {
    input_shape: numbers(sizes),
    stride: numbers(stride),
    padding: typeof padding === "string" ? padding : numbers(padding),
    dilation: numbers(dilation),
    groups: whole([], kernel.groups ?? 1),
  };
}

/** A node with the windows of a pool of images. */
export function poolNode(pool: Pool): NirNode {
  const { taps, stride } = poolWindows(pool, 2);
  return {
    type: "AvgPool2d",
    fields: new Map(Object.entries({ kernel_size: all(taps), stride: all(stride), padding: all([0, 0]) })),
  };
}

/** The convolution of a node, of a kernel `[height, width]` or `[length]`; what goes without saying is left out. */
export function readKernel(node: NamedNode, kernel: readonly number[]): Kernel {
  const count = kernel.length;
  const numbers = (field: string) => simplest(node.wholes(field, count));
  const padding = node.is("padding", "same") ? "same" : node.is("padding", "valid") ? "valid" : node.wholes("padding", count);
  const settings = {
    stride: numbers("stride"),
    padding: typeof padding === "string" ? padding : named(node, padding, kernel),
    dilation: numbers("dilation"),
    groups: node.whole("groups"),
  };
  const given = Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== (name === "padding" ? "same" : 1)),
  );
  return { kernel: simplest(kernel), ...given };
}

/** The pool of a node. */
export function readPool(node: NamedNode): Extract<LayerConfig, { type: "avgPool2d" }> {
  const [window, stride] = [node.wholes("kernel_size", 2), node.wholes("stride", 2)];
  if (node.whole("padding") !== 0) throw node.fault("padding", "must be 0");
  const isApart = window.every((size, axis) => size === stride[axis]);
  return { type: "avgPool2d", window: simplest(window), ...(isApart ? {} : { stride: simplest(stride) }) };
}

/** "same" for numbers that keep the size, with stride 1. */
function named(node: NamedNode, padding: readonly number[], kernel: readonly number[]): Convolution["padding"] & {} {
  const [stride, dilation] = [node.wholes("stride", kernel.length), node.wholes("dilation", kernel.length)];
  const isSame = padding.every((zeros, axis) => 2 * zeros === (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1));
  return isSame && stride.every((distance) => distance === 1) ? "same" : simplest(padding);
}

/** One number where all are equal. */
function simplest(values: readonly number[]): number | [number, number] {
  const [first = 0, second = first] = values;
  return first === second ? first : [first, second];
}

const whole = (shape: number[], ...values: number[]): NirArray => ({ shape, values: Int32Array.from(values) });
const all = (values: readonly number[]): NirArray => whole([values.length], ...values);
