import type { Pool, Source, Window } from "../description.js";

/** An input of a layer. */
export interface IntegerInput {
  sources: Source[];
  /** What has delays: 0 nothing, `BY_INPUT` or `BY_CONNECTION`. */
  delaysBy: number;
  /** Steps, `[input]` or `[input][unit]`. */
  delays: Uint16Array;
  kind: number;
  /** Units of the sources. */
  inputs: number;
  /** Window of a convolution. */
  window: Window | undefined;
  /** `[input][unit]`, in a convolution `[channel of a group][y][x][channel]`, one-to-one `[unit]`. */
  weights: Int8Array;
}

/** A layer of units with states of whole numbers. */
export interface IntegerLayer {
  /** Units that have constants of their own: all, or channels. */
  filters: number;
  /** Units of each: places of an image, or 1. */
  places: number;
  kind: number;
  reset: number;
  refractory: number;
  /** 2^F: counts what arrives. */
  weightFactor: number;
  /** 2^F': divides the current on its way to the membrane. */
  currentDivisor: number;
  /** A_i, A_v, but for a readout θ, and of an ALIF A_ρ and k; each is one number for all, or `[unit or channel]`. */
  constants: Int32Array[];
  /** b, `[unit or channel]`. */
  bias: Int32Array;
  connections: IntegerInput[];
}

export type IntegerNode = IntegerLayer | Pool;

/** A reset that leaves everything. */
export const RESET_NONE = 3;

/** What decides, beside the last membranes. */
export const NONE = 0;
export const COUNT = 1;
export const SUM = 2;
export const MAX = 3;
export const FIRST = 5;

/** A network of whole numbers, in the order of evaluation. */
export interface IntegerDescription {
  inputs: number;
  /** Units of the last layer. */
  outputs: number;
  /** Steps of a sample. */
  steps: number;
  /** What decides. */
  statistic: number;
  /** Largest absolute value of a state. */
  maxState: number;
  nodes: IntegerNode[];
  /** Whether the last layer is a readout, whose units never fire. */
  isReadout: boolean;
}

export function isLayer(node: IntegerNode): node is IntegerLayer {
  return "filters" in node;
}
