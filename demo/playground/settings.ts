import type { Point } from "./data/point.js";
import type { SetName } from "./data/sets.js";

/** Everything that determines the network which a visitor sees. */
export interface Settings {
  data: SetName;
  /** Points to learn from. */
  points: number;
  /** How far points lie from where their class says, in percent. */
  noise: number;
  /** Points drawn by hand. */
  drawn: readonly Point[];
  input: InputName;
  neuron: "lif" | "alif" | "adlif";
  /** Hidden layers, and units of each. */
  depth: number;
  width: number;
  /** Longest delay of a connection between units in steps; 0 for none. */
  delays: number;
  threshold: number;
  steps: number;
  rule: RuleName;
  loss: LossName;
  rate: number;
  batch: number;
  epochs: number;
  seed: number;
}

export type InputName = "curves" | "latency" | "burst" | "rate" | "direct";
export type RuleName = "antlr" | "activation" | "timing" | "eventProp" | "eprop";
export type LossName = "countCrossEntropy" | "latency" | "membrane" | "count";

/** One of several words, each with the name that a visitor reads. */
export interface Choice {
  kind: "choice";
  label: string;
  options: Readonly<Record<string, string>>;
}

/** A number of a range, in equal steps. */
export interface NumberRange {
  kind: "number";
  label: string;
  min: number;
  max: number;
  step: number;
  unit?: string;
}

export type Field = Choice | NumberRange;
export type FieldName = Exclude<keyof Settings, "drawn">;

/** Epochs that an address may ask for. */
export const MAX_EPOCHS = 600;

/** What may be chosen, in the order of the address and of the form. */
export const FIELDS: Readonly<Record<FieldName, Field>> = {
  data: {
    kind: "choice",
    label: "Points",
    options: { yinYang: "Yin-Yang", moons: "Moons", rings: "Rings", spirals: "Spirals", drawn: "Drawn by you" },
  },
  points: { kind: "number", label: "Points to learn", min: 60, max: 600, step: 30 },
  noise: { kind: "number", label: "Noise", min: 0, max: 100, step: 5, unit: "%" },
  input: {
    kind: "choice",
    label: "Encoder",
    options: {
      curves: "Latency of tuning curves",
      latency: "Latency of coordinates",
      burst: "Bursts",
      rate: "Rates, at random",
      direct: "Currents",
    },
  },
  neuron: {
    kind: "choice",
    label: "Neuron",
    options: { lif: "LIF", alif: "ALIF", adlif: "adLIF" },
  },
  depth: { kind: "number", label: "Hidden layers", min: 1, max: 3, step: 1 },
  width: { kind: "number", label: "Units a layer", min: 2, max: 24, step: 1 },
  delays: { kind: "number", label: "Delays up to", min: 0, max: 20, step: 1, unit: "steps" },
  threshold: { kind: "number", label: "Threshold", min: 0.1, max: 1, step: 0.1 },
  steps: { kind: "number", label: "Steps a point", min: 25, max: 80, step: 5 },
  rule: {
    kind: "choice",
    label: "Rule",
    options: {
      antlr: "ANTLR",
      activation: "Surrogate gradient",
      timing: "Spike times",
      eventProp: "EventProp",
      eprop: "e-prop",
    },
  },
  loss: {
    kind: "choice",
    label: "Loss",
    options: {
      countCrossEntropy: "Most spikes",
      latency: "First spike",
      membrane: "Readout membrane",
      count: "Number of spikes",
    },
  },
  rate: { kind: "number", label: "Learning rate", min: 0.002, max: 0.04, step: 0.002 },
  batch: { kind: "number", label: "Points an update", min: 5, max: 60, step: 5 },
  epochs: { kind: "number", label: "Epochs", min: 1, max: MAX_EPOCHS, step: 1 },
  seed: { kind: "number", label: "Seed", min: 1, max: 999, step: 1 },
};

/** Chosen by the accuracy on points that were not learnt, over several seeds. */
export const DEFAULTS: Settings = {
  data: "yinYang",
  points: 420,
  noise: 0,
  drawn: [],
  input: "curves",
  neuron: "lif",
  depth: 1,
  width: 12,
  delays: 0,
  threshold: 0.3,
  steps: 40,
  rule: "antlr",
  loss: "countCrossEntropy",
  rate: 0.01,
  batch: 20,
  epochs: 60,
  seed: 1,
};

/** The losses that a rule has a gradient for, the best one first. */
export const LOSSES: Readonly<Record<RuleName, readonly LossName[]>> = {
  antlr: ["countCrossEntropy", "latency", "membrane", "count"],
  activation: ["countCrossEntropy", "latency", "membrane", "count"],
  timing: ["latency", "membrane"],
  eventProp: ["membrane", "latency"],
  eprop: ["membrane", "count"],
};
