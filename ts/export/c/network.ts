import type { Layer, Window } from "../../infer/description.js";

/** Whose events are read. */
export interface Origin {
  /** Number of the node, from 1 on; 0 is the input. */
  number: number;
  /** Whether those of the step before are read. */
  isBefore: boolean;
  /** What is added to the numbers of its units. */
  offset: number;
}

/** A connection. */
export interface CConnection {
  origins: Origin[];
  kind: "dense" | "convolution" | "oneToOne";
  /** Window of a convolution. */
  window: Window | undefined;
  /** What arrives of a spike; whole numbers have none. */
  scale: number | undefined;
  delaysBy: "nothing" | "input" | "connection";
  /** `[input]` or `[input][unit]`. */
  delays: ArrayLike<number>;
  /** Dense `[input][unit]`, convolution `[channel of the group][row tap][column tap][channel]`, one-to-one `[unit]`. */
  weights: Float32Array | Int8Array;
}

/** What a spike does to the states. */
export type Reset = "all" | "membrane" | "subtract" | "none";

/** Whole numbers of a layer; each list has one number for all, or one for each unit or channel. */
export interface WholeConstants {
  stateBits: 16 | 32;
  weightShift: number;
  currentShift: number;
  currentDecay: number[];
  membraneDecay: number[];
  bias: number[];
  /** Thresholds of a layer that fires. */
  threshold: number[] | undefined;
  /** Decay and step of thresholds that adapt. */
  adaptation: { decay: number[]; strength: number[] } | undefined;
  reset: Reset;
  refractory: number;
}

/** What the units of a layer compute with: single precision as in the model file, or whole numbers. */
export type Constants = { float: Layer } | { whole: WholeConstants };

/** A layer of units. */
export interface CLayer {
  number: number;
  filters: number;
  places: number;
  units: number;
  constants: Constants;
  connections: CConnection[];
}

/** A pool. */
export interface CPool {
  number: number;
  selects: boolean;
  origins: Origin[];
  window: Window;
}

export type CNode = CLayer | CPool;

/** What decides, and what of the outputs' membranes or spikes. */
export interface Decided {
  by: "nothing" | "firstSpike" | "count" | "membrane";
  statistic: "mean" | "max" | "last" | "softmaxSum" | "each" | "expMean";
  inverseTemperature: number;
  decayRate: number;
}

/** A network to be written. */
export interface CNetwork {
  inputs: number;
  outputs: number;
  steps: number;
  endsEarly: boolean;
  isReadout: boolean;
  decided: Decided;
  classes: readonly string[] | undefined;
  /** Types of the numbers. */
  weight: "float" | "int8_t";
  sum: "float" | "int32_t";
  membrane: "float" | "int16_t" | "int32_t";
  nodes: CNode[];
}

export function isLayer(node: CNode): node is CLayer {
  return "constants" in node;
}
