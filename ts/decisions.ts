import type { Accuracy, BestBy, LossConfig } from "./generated/config.js";
import { isObject, type Json } from "./json.js";

/**
 * How a network decides for one of its outputs: by the first spike, by most spikes, or by the membranes of a readout. `none`: its
 * readout follows a series, and there is nothing to decide.
 */
export type Decision = "firstSpike" | "count" | "membrane" | "none";

export const DECISIONS = ["firstSpike", "count", "membrane", "none"] as const satisfies readonly Decision[];

const BY_LOSS: Readonly<Record<LossConfig["type"], Decision>> = {
  latency: "firstSpike",
  count: "count",
  spikeTrain: "count",
  membrane: "membrane",
  trace: "none",
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
  return typeof type === "string" && Object.hasOwn(BY_LOSS, type);
}

/** The decision that the loss of a configuration trains. */
export function decisionOf({ loss }: { loss: Pick<LossConfig, "type"> }): Decision {
  return BY_LOSS[loss.type];
}

/** The decision that a loss trains, by the type that a configuration gives, if it gives one. */
export function decisionBy(type: Json | undefined): Decision {
  return BY_LOSS[isLoss(type) ? type : "latency"];
}

/** The measure that a loss trains, and all that can be measured with it. */
export function measuresOf(loss: Json | undefined): { trained: BestBy; measured: readonly BestBy[] } {
  const { type, stepWeights = null } = isObject(loss) ? loss : {};
  switch (isLoss(type) ? type : "latency") {
    case "latency":
      return { trained: "firstSpike", measured: SPIKING };
    case "count":
      return { trained: "count", measured: SPIKING };
    case "spikeTrain":
      return { trained: "loss", measured: SPIKING };
    case "membrane":
      return { trained: "membrane", measured: ["membrane", "loss"] };
    case "trace":
      return { trained: stepWeights === null ? "meanSquaredError" : "loss", measured: ["meanSquaredError", "loss"] };
  }
}

const SPIKING: readonly BestBy[] = ["firstSpike", "count", "loss"];

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

/** The decisions of a prediction, one for each sample; empty for `none`. */
export function decisionsOf(
  decision: Decision,
  prediction: Readonly<Record<(typeof IN_PREDICTION)[keyof typeof IN_PREDICTION], Uint32Array>>,
): Uint32Array {
  return decision === "none" ? new Uint32Array(0) : prediction[IN_PREDICTION[decision]];
}
