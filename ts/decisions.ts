import type { Accuracy, BestBy, LossConfig } from "./generated/config.js";
import { isObject, type Json } from "./json.js";

/**
 * How a network decides for one of its outputs: by the first spike, by most spikes, or by the membranes of a readout. `none`: its
 * readout follows a series, and there is nothing to decide.
 */
export type Decision = "firstSpike" | "count" | "membrane" | "none";

export const DECISIONS = ["firstSpike", "count", "membrane", "none"] as const satisfies readonly Decision[];

const SPIKING: readonly BestBy[] = ["decision", "firstSpike", "count", "loss"];

/** What is known of a loss. */
interface LossTraits {
  decision: Decision;
  /** The measure that it trains, and all that can be measured with it. */
  trained: BestBy;
  measured: readonly BestBy[];
  /** Whether only the numbers of spikes matter, so that moving a spike has no gradient. */
  isOfCounts: boolean;
}

const LOSSES: Readonly<Record<LossConfig["type"], LossTraits>> = {
  latency: { decision: "firstSpike", trained: "firstSpike", measured: SPIKING, isOfCounts: false },
  count: { decision: "count", trained: "count", measured: SPIKING, isOfCounts: true },
  countCrossEntropy: { decision: "count", trained: "count", measured: SPIKING, isOfCounts: true },
  spikeTrain: { decision: "count", trained: "loss", measured: SPIKING, isOfCounts: false },
  membrane: { decision: "membrane", trained: "membrane", measured: ["decision", "membrane", "loss"], isOfCounts: false },
  trace: { decision: "none", trained: "meanSquaredError", measured: ["meanSquaredError", "loss"], isOfCounts: false },
};

/** What metrics say about answers; metrics and epochs of a history have it. */
export interface AnswerMetrics {
  accuracy: Accuracy;
  /** Only for target series. */
  meanSquaredError?: number | undefined;
  rSquared?: number | undefined;
}

/** Whether a value is the type of a loss. */
export function isLoss(type: Json | undefined): type is LossConfig["type"] {
  return typeof type === "string" && Object.hasOwn(LOSSES, type);
}

/** The decision that the loss of a configuration trains. */
export function decisionOf({ loss }: { loss: Pick<LossConfig, "type"> }): Decision {
  return LOSSES[loss.type].decision;
}

/** The decision that a loss trains, by the type that a configuration gives, if it gives one. */
export function decisionBy(type: Json | undefined): Decision {
  return LOSSES[isLoss(type) ? type : "latency"].decision;
}

/** The measure that a loss trains, and all that can be measured with it. */
export function measuresOf(loss: Json | undefined): { trained: BestBy; measured: readonly BestBy[] } {
  const { type, stepWeights = null } = isObject(loss) ? loss : {};
  const { trained, measured } = LOSSES[isLoss(type) ? type : "latency"];
  // The mean squared error has no weights of steps.
  return { trained: trained === "meanSquaredError" && stepWeights !== null ? "loss" : trained, measured };
}

/** The accuracy that `accuracy.decision` repeats for a loss, by its own name; `undefined` where the loss decides nothing. */
export function decisionMeasure(loss: Json | undefined): Exclude<Decision, "none"> | undefined {
  const decision = decisionBy(isObject(loss) ? loss["type"] : undefined);
  return decision === "none" ? undefined : decision;
}

/** Whether a loss depends on the numbers of spikes alone, so that moving a spike has no gradient. */
export function isOfCounts({ type }: Pick<LossConfig, "type">): boolean {
  return LOSSES[type].isOfCounts;
}

/** Whether the outputs of a network fire; those of a readout don't. */
export function hasOutputSpikes(decision: Decision): boolean {
  return decision === "firstSpike" || decision === "count";
}

/**
 * The decisions that metrics have a figure for, none where the data have no labels; the one that the loss trains comes first,
 * where it is given.
 */
export function decisionsIn({ accuracy, meanSquaredError }: AnswerMetrics, trained?: Decision): readonly Decision[] {
  // Older records have 0 for the decisions that a readout does not make.
  if (accuracy.membrane !== undefined) return ["membrane"];
  if (meanSquaredError !== undefined) return ["none"];
  const found = (["firstSpike", "count"] as const).filter((decision) => accuracy[decision] !== undefined);
  return found.filter((decision) => decision === trained).concat(found.filter((decision) => decision !== trained));
}

/** The share of correct decisions; NaN where they are not made that way. */
export function accuracyBy(decision: Decision, metrics: AnswerMetrics): number {
  if (decision === "none" || !decisionsIn(metrics).includes(decision)) return Number.NaN;
  return metrics.accuracy[decision] ?? Number.NaN;
}

/** The largest fraction of correct decisions; 0 where nothing is decided. */
export function bestAccuracy(metrics: AnswerMetrics): number {
  return Math.max(0, ...decisionsIn(metrics).map((decision) => accuracyBy(decision, metrics) || 0));
}

const IN_PREDICTION = { firstSpike: "byFirstSpike", count: "byCount", membrane: "byMembrane" } as const;

/** The classes that a network decides for, one for each sample; none for `none`. */
export function classesBy<T>(
  decision: Decision,
  prediction: Readonly<Record<(typeof IN_PREDICTION)[keyof typeof IN_PREDICTION], T>>,
): T | undefined {
  return decision === "none" ? undefined : prediction[IN_PREDICTION[decision]];
}
