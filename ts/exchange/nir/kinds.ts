/** What a node is to the graph, by its type. */
export type Kind = "input" | "output" | "weights" | "neurons" | "layer" | "delay";

const KINDS: Readonly<Record<string, Kind>> = {
  Input: "input",
  Output: "output",
  Linear: "weights",
  Affine: "weights",
  Conv1d: "weights",
  Conv2d: "weights",
  Scale: "weights",
  IF: "neurons",
  LIF: "neurons",
  CubaLIF: "neurons",
  I: "neurons",
  LI: "neurons",
  CubaLI: "neurons",
  AvgPool2d: "layer",
  SumPool2d: "layer",
  Flatten: "layer",
  Delay: "delay",
};

/** The kind of a node's type, undefined for one that this library does not have. */
export const kindOf = (type: string): Kind | undefined => KINDS[type];
