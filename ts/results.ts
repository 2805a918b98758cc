import { concatenated } from "./check/concatenated.js";
import { record } from "./check/fields.js";
import { floats, listOf } from "./check/values.js";
import { classesBy, type Decision, hasOutputSpikes } from "./decisions.js";
import type { LearntConstant, Metrics } from "./generated/config.js";
import type { EventArrays, ParameterArrays, PredictionArrays, TraceArrays } from "./runtime/backend.js";
import { SpikeEvents } from "./spikes.js";

/**
 * Answers of a network. Decisions have one entry per sample, scores and probabilities one per sample and output. What the network
 * does not have is absent: decisions by spikes of a readout, decisions by membranes of outputs that fire.
 */
export interface Prediction {
  /** The decision that the loss trains. */
  decision: Decision;
  /**
   * Output that this decision is for, by index; -1 where no output fired, so that nothing is decided. Empty where nothing ever is
   * (loss `trace`).
   */
  classes: Int32Array;
  /**
   * Name of the class of each sample, by that decision, `undefined` without one; only of a network that has learnt named classes.
   */
  names?: (string | undefined)[];
  /**
   * `[sample][output]`: probability of each output, of the softmax that the loss trains; only with the losses `latency`,
   * `countCrossEntropy` and `membrane`.
   */
  probabilities?: Float32Array;
  /** Number of simulated steps. */
  steps: Uint32Array;
  /** Output with the most spikes, the lowest index on ties; -1 where none fired. */
  byCount?: Int32Array;
  /** Output that fires first, the lowest index on ties; -1 where none fired. */
  byFirstSpike?: Int32Array;
  /** Step of the first output spike; the number of simulated steps if there is none. */
  decisionStep?: Uint32Array;
  /** `[sample][output]`: spikes of the output. The largest decides `byCount`. */
  scoresByCount?: Uint32Array;
  /**
   * `[sample][output]`: simulated steps − step of the output's first spike, 0 for a silent output. The largest decides
   * `byFirstSpike`.
   */
  scoresByFirstSpike?: Uint32Array;
  /** Output whose membrane has the largest statistic, for a readout with the loss `membrane`. */
  byMembrane?: Int32Array;
  /** `[sample][output]`: that statistic; the largest decides `byMembrane`. */
  scoresByMembrane?: Float32Array;
  /** `[sample][step][output]`: membranes of a readout. */
  membranes?: Float32Array;
  /** Spikes of each layer of `info.layers`; a readout has none. */
  layers: SpikeEvents[];
}

/** Parameters of a layer, or their gradients. */
export interface LayerParameters {
  /** `[unit][input]`, in a convolution `[channel][channel of the previous layer][y][x]`. */
  weights: Float32Array;
  /** `[unit]`. */
  biases: Float32Array;
  /**
   * Further learnt parameters, if the layer has any: one number for the layer or one for each unit or channel; delays have one
   * for each input, or `[unit][input]`. The gradient of a decay α is with respect to u, with `α = 1 / (1 + e^−u)` (spec 12).
   */
  learnt?: Partial<Record<LearntName, Float32Array>>;
  /**
   * Further inputs, if the layer has any: in a graph that of a recurrent layer's own spikes first, then those of the configuration.
   */
  inputs?: InputParameters[];
}

/** Parameters of a further input of a layer, or their gradients. */
export interface InputParameters {
  /** `[unit][unit of the sources]`, in a convolution `[channel][channel of the sources][y][x]`, one-to-one `[unit]` or `[channel]`. */
  weights: Float32Array;
  /** Delays, if it has any. */
  learnt?: Partial<Record<LearntName, Float32Array>>;
}

/**
 * Names of the parameters that a layer can have beside weights and biases. Fixed delays and `feedback`, the random weights
 * `[unit][output]` by which the rule `eprop` sends errors at the output to a hidden layer, are listed too, but have no gradient.
 */
export type LearntName = LearntConstant | "delays" | "feedback";

/** @internal */
export function checkedParameters(given: unknown, path: string): LayerParameters {
  const { weights, biases, learnt, inputs } = record(given, path || "parameters", "DATA_FORMAT");
  const at = path === "" ? "" : `${path}.`;
  return {
    weights: floats(weights, `${at}weights`),
    biases: floats(biases, `${at}biases`),
    ...(learnt !== undefined && { learnt: checkedLearnt(learnt, `${at}learnt`) }),
    ...(inputs !== undefined && { inputs: listOf(checkedInput)(inputs, `${at}inputs`) }),
  };
}

function checkedInput(given: unknown, path: string): InputParameters {
  const { weights, learnt } = record(given, path, "DATA_FORMAT");
  const checked = { weights: floats(weights, `${path}.weights`) };
  return learnt === undefined ? checked : { ...checked, learnt: checkedLearnt(learnt, `${path}.learnt`) };
}

/** @internal */
export function checkedLearnt(given: unknown, path: string): NonNullable<LayerParameters["learnt"]> {
  const arrays = Object.entries(record(given, path, "DATA_FORMAT"));
  return Object.fromEntries(arrays.map(([name, values]) => [name, floats(values, `${path}.${name}`)]));
}

/** @internal */
export function fromArrays({ weights, biases, learnt, inputs }: ParameterArrays): LayerParameters {
  return {
    weights,
    biases,
    ...learntOf(learnt),
    ...(inputs.length > 0 && { inputs: inputs.map(({ weights, learnt }) => ({ weights, ...learntOf(learnt) })) }),
  };
}

function learntOf(learnt: ParameterArrays["learnt"]): Pick<LayerParameters, "learnt"> {
  if (learnt.length === 0) return {};
  return { learnt: Object.fromEntries(learnt.map(({ name, data }) => [name, data])) };
}

/** @internal */
export function toArrays({ weights, biases, learnt, inputs = [] }: LayerParameters): ParameterArrays {
  const further = inputs.map(({ weights, learnt }) => ({ weights, learnt: tensorsOf(learnt) }));
  return { weights, biases, learnt: tensorsOf(learnt), inputs: further };
}

function tensorsOf(learnt: LayerParameters["learnt"] = {}): ParameterArrays["learnt"] {
  return Object.entries(learnt).map(([name, data]) => ({ name, shape: Uint32Array.of(data.length), data }));
}

/** Gradients of the loss over a batch. */
export interface Gradients {
  /** Mean over the batch. */
  loss: number;
  metrics: Metrics;
  /** Per spiking layer, after the silent-unit update and clipping. */
  layers: LayerParameters[];
  prediction: Prediction;
  /** Per spiking layer; only with the option `trace`. */
  trace?: TraceArrays[];
}

/** The name of a class; its number where it has none, `undefined` where there is no class. */
export function nameOf(output: number | undefined, classes: readonly string[] | undefined): string | undefined {
  return output === undefined || output < 0 ? undefined : (classes?.[output] ?? String(output));
}

/** Adds the names of what was decided. */
export function withNames(prediction: Prediction, classes: readonly string[] | undefined): Prediction {
  if (classes === undefined || prediction.decision === "none") return prediction;
  return { ...prediction, names: Array.from(prediction.classes, (output) => nameOf(output, classes)) };
}

/** Joins the predictions of consecutive chunks of a data set. */
export function joinPredictions(parts: readonly PredictionArrays[], layers: number, decision: Decision): Prediction {
  const joinDecisions = (of: (part: PredictionArrays) => Int32Array): Int32Array => concatenated(parts.map(of), Int32Array);
  const join = (of: (part: PredictionArrays) => Uint32Array): Uint32Array => concatenated(parts.map(of), Uint32Array);
  const joinFloats = (of: (part: PredictionArrays) => Float32Array): Float32Array => concatenated(parts.map(of), Float32Array);
  const probabilities = joinFloats((part) => part.probabilities);
  return {
    decision,
    classes: joinDecisions((part) => classesBy(decision, part) ?? new Int32Array()),
    ...(probabilities.length > 0 && { probabilities }),
    steps: join((part) => part.steps),
    ...(hasOutputSpikes(decision) && {
      byCount: joinDecisions((part) => part.byCount),
      byFirstSpike: joinDecisions((part) => part.byFirstSpike),
      decisionStep: join((part) => part.decisionStep),
      scoresByCount: join((part) => part.scoresByCount),
      scoresByFirstSpike: join((part) => part.scoresByFirstSpike),
    }),
    ...(decision === "membrane" && {
      byMembrane: joinDecisions((part) => part.byMembrane),
      scoresByMembrane: joinFloats((part) => part.scoresByMembrane),
    }),
    ...(!hasOutputSpikes(decision) && { membranes: joinFloats((part) => part.membranes) }),
    layers: Array.from({ length: layers }, (_, layer) =>
      SpikeEvents.concat(parts.map((part) => part.layers[layer] ?? silent(part.steps.length))),
    ),
  };
}

/** @internal Samples of a layer that never fires, of which the core has no spikes to tell. */
export function silent(samples: number): EventArrays {
  return { offsets: new Uint32Array(samples + 1), times: new Uint16Array(), units: new Uint32Array() };
}
