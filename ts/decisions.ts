import type { ResolvedConfig } from "./config.js";
import type { Accuracy, BestBy, LossConfig } from "./generated/config.js";
import type { Prediction } from "./results.js";

/**
 * How a network decides for one of its outputs: by the first spike, by most spikes, or by the membranes of a readout. `none`: its
 * readout follows a series, and there is nothing to decide.
 */
export type Decision = "firstSpike" | "count" | "membrane" | "none";

const BY_LOSS: Readonly<Record<LossConfig["type"], Decision>> = {
  latency: "firstSpike",
  count: "count",
  spikeTrain: "count",
  membrane: "membrane",
  trace: "none",
};

/** What makes an epoch the best by default: what the loss trains. Spike trains have no label to decide right. */
export const BEST_BY_LOSS: Readonly<Record<LossConfig["type"], BestBy>> = {
  latency: "firstSpike",
  count: "count",
  spikeTrain: "loss",
  membrane: "membrane",
  trace: "meanSquaredError",
};

/** What metrics say about answers; metrics and epochs of a history have it. */
export interface AnswerMetrics {
  accuracy: Accuracy;
  /** Only for target series. */
  meanSquaredError?: number | undefined;
  rSquared?: number | undefined;
}

/** The decision that the loss of a configuration trains. */
export function decisionOf({ loss }: Pick<ResolvedConfig, "loss">): Decision {
  return BY_LOSS[loss.type];
}

/** What makes an epoch of a training the best. */
export function bestByOf({ loss, training }: Pick<ResolvedConfig, "loss" | "training">): BestBy {
  return training.bestBy ?? BEST_BY_LOSS[loss.type];
}

/** Whether the outputs of a network fire; those of a readout don't. */
export function hasOutputSpikes(decision: Decision): boolean {
  return decision === "firstSpike" || decision === "count";
}

/** The decisions that metrics have a figure for. */
export function decisionsIn({ accuracy, meanSquaredError }: AnswerMetrics): readonly Decision[] {
  if (accuracy.membrane !== undefined) return ["membrane"];
  return meanSquaredError === undefined ? ["firstSpike", "count"] : ["none"];
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

/**
 * How good answers are, the larger the better: the fraction of correct decisions, or the mean squared error with its sign
 * changed.
 */
export function scoreBy(decision: Decision, metrics: AnswerMetrics): number {
  return decision === "none" ? -(metrics.meanSquaredError ?? Number.NaN) : accuracyBy(decision, metrics);
}

const IN_PREDICTION = { firstSpike: "byFirstSpike", count: "byCount", membrane: "byMembrane" } as const;

/** The decisions of a prediction, one for each sample; empty for `none`. */
export function decisionsOf(
  decision: Decision,
  prediction: Pick<Prediction, "byFirstSpike" | "byCount" | "byMembrane">,
): Uint32Array {
  return decision === "none" ? new Uint32Array(0) : prediction[IN_PREDICTION[decision]];
}
