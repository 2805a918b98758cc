import type { NamedNode } from "./graph.js";

/** Dimensions of what a node takes. */
const RANKS: Readonly<Record<string, number>> = { Conv1d: 2, Conv2d: 3, AvgPool2d: 3, SumPool2d: 3 };

/** Dimensions of what a node takes at least: `Flatten`, `Scale` and `Delay` do not tell. */
function rankOf({ type }: NamedNode): number {
  return RANKS[type] ?? (type === "Flatten" || type === "Scale" || type === "Delay" ? Number.POSITIVE_INFINITY : 1);
}

/**
 * How the units of the input lie. A dimension of 1 in front, more than the nodes behind the input take, is that of the batch, which
 * some writers leave in.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for other than one to three lengths.
 */
export function inputShape(input: NamedNode, readers: readonly NamedNode[]): number[] {
  const shape = lengthsOf(input);
  const hasBatch = shape[0] === 1 && (shape.length === 4 || Math.max(...readers.map(rankOf)) === shape.length - 1);
  const lengths = hasBatch ? shape.slice(1) : shape;
  if (lengths.length >= 1 && lengths.length <= 3) return lengths;
  const shapes = "[units], [channels, length] or [channels, height, width]";
  throw input.fault("shape", `must be ${shapes}, got [${shape.join(", ")}]`);
}

function lengthsOf(node: NamedNode): number[] {
  const lengths = Array.from(node.array("shape").values, Number);
  if (lengths.every((length) => Number.isInteger(length) && length > 0)) return lengths;
  throw node.fault("shape", `must hold lengths, got [${lengths.join(", ")}]`);
}
