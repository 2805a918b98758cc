/** A source of a connection or a pool: 0 is the input, n the n-th node; steps that its spikes take, 0 or 1; what is added to its units. */
export type Source = [number: number, lag: number, offset: number];

/** A window that slides along an axis. */
export type Axis = [input: number, output: number, taps: number, stride: number, dilation: number, padding: number];

/** Windows over the places of an image; a sequence is an image of one row. */
export interface Window {
  /** Channels of the sources. */
  channels: number;
  groups: number;
  rows: Axis;
  columns: Axis;
}

/** Kinds of delays. */
export const BY_INPUT = 1;
export const BY_CONNECTION = 2;

/** Kinds of connections, beside dense ones. */
export const CONVOLUTION = 1;
export const ONE_TO_ONE = 2;

/** A connection with its weights. */
export interface Connection {
  sources: Source[];
  /** What arrives of a spike. */
  scale: number;
  /** What has delays: 0 nothing, `BY_INPUT` or `BY_CONNECTION`. */
  delaysBy: number;
  /** Whole steps of delays, `[input]` or `[input][unit]`. */
  delays: Uint16Array;
  kind: number;
  /** Units of the sources. */
  inputs: number;
  /** Window of a convolution. */
  window: Window | undefined;
  /** `[input][unit]`, in a convolution `[channel of a group][y][x][channel]`, one-to-one `[unit]`. */
  weights: Float32Array;
}

/** Kinds of neurons. */
export const LIF = 0;
export const LEAKY = 1;
export const ALIF = 2;
export const ADLIF = 3;

/** Kinds of resets, beside that of the membrane alone. */
export const RESET_ALL = 0;
export const RESET_SUBTRACT = 2;

/** Refractory steps of units that fire once. */
export const ONCE = 0xffff_ffff;

/** A layer of units. */
export interface Layer {
  /** Units that have constants and biases of their own: all, or channels. */
  filters: number;
  /** Units of each: places of an image, or 1. */
  places: number;
  kind: number;
  reset: number;
  refractory: number;
  /**
   * αᵢ, αᵥ, γ, how many times its threshold a spike takes from the membrane, and the threshold; of an ALIF also ρ and κ, of an adLIF ρ, a,
   * b and 1 for the symplectic scheme. Each is one number for all, or `[unit or channel]`.
   */
  constants: Float32Array[];
  /** What the bias adds to the membrane at each step, `[unit or channel]`. */
  drives: Float32Array;
  connections: Connection[];
}

/** A pool. */
export interface Pool {
  /** Whether the spikes of one unit of a window pass, those of the one with the most; otherwise all pass. */
  selects: boolean;
  sources: Source[];
  window: Window;
}

export type Node = Layer | Pool;

export type DecisionKind = "none" | "firstSpike" | "count" | "membrane";

/** What decides, by its number in a file. */
export const DECISIONS: readonly DecisionKind[] = ["none", "firstSpike", "count", "membrane"];

/** Statistics of a readout's membranes, beside the mean. */
export const MAX = 1;
export const LAST = 2;
export const SOFTMAX_SUM = 3;
export const EACH = 4;
export const EXP_MEAN = 5;

/** A network, in the order of evaluation. */
export interface Description {
  inputs: number;
  /** Units of the last layer. */
  outputs: number;
  /** Steps of a sample. */
  steps: number;
  /** Whether a sample ends once every output has fired. */
  endsEarly: boolean;
  /** Whether events must not have values: they reach a max pool. */
  refusesValues: boolean;
  decision: DecisionKind;
  statistic: number;
  /** β, of the statistic `EACH`. */
  inverseTemperature: number;
  /** k/T, of the statistic `EXP_MEAN`. */
  decayRate: number;
  nodes: Node[];
  /** Whether the last layer is a readout, whose units never fire. */
  isReadout: boolean;
  /** Names of the classes, by output. */
  classes?: readonly string[] | undefined;
}

export function isLayer(node: Node): node is Layer {
  return "filters" in node;
}
