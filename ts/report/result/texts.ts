import { type AnswerMetrics, accuracyBy, type Decision, decisionsIn } from "../../decisions.js";

/** Numbers as people read them. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const grouped = (number: number): string => Math.round(number).toLocaleString("en-US");

const DECISION_WORDS: Readonly<Record<Exclude<Decision, "none">, string>> = {
  firstSpike: "first spike",
  count: "count",
  membrane: "membrane",
};

/**
 * Accuracy by each decision, as `98.1 % by first spike`, with the one that the loss trains first; the error of a series; the loss
 * where the data have no labels.
 */
export function answerTexts(
  metrics: AnswerMetrics & { loss: number },
  trained: Decision,
  by = "by ",
): [first: string, ...rest: string[]] {
  const { meanSquaredError = Number.NaN, rSquared } = metrics;
  // Series that do not vary have none.
  const explained = rSquared === undefined ? [] : [`R² ${rSquared.toFixed(3)}`];
  const words = decisionsIn(metrics, trained).flatMap((decision) =>
    decision === "none"
      ? [`mean squared error ${errorText(meanSquaredError)}`, ...explained]
      : [`${percent(accuracyBy(decision, metrics))} ${by}${DECISION_WORDS[decision]}`],
  );
  const [first = `loss ${errorText(metrics.loss)}`, ...rest] = words;
  return [first, ...rest];
}

/** How many spikes come until when: the decision, or the first output spike where that does not decide. */
export function untilText(decision: Decision): { spikes: string; step: string } {
  return decision === "firstSpike"
    ? { spikes: "up to the decision", step: "step of the decision" }
    : { spikes: "up to the first output spike", step: "step of the first output spike" };
}

/** An error, whose size is not known beforehand. */
export function errorText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
