import type { Snapshot } from "./learner.js";
import type { Sight } from "./sight.js";

const SIGNS = ["disc", "square", "diamond"];

/** The sign of a class in the drawings. */
export function classSign(label: number): string {
  return SIGNS[label] ?? "point";
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** What a network can do after an epoch, measured. */
export function abilityOf({ epoch, lesson, metrics }: Snapshot): string {
  const which = lesson.problem.heldOut.length > 0 ? "new points" : "points";
  return `after epoch ${epoch}, ${percent(metrics.accuracy.decision ?? 0)} of ${which} right, ${metrics.spikes.perSample.toFixed(1)} spikes a point`;
}

/** What the network says of the shown point. */
export function answerOf({ answer, layers, point }: Sight): string {
  const spikes = layers.slice(1).reduce((sum, { count }) => sum + count, 0);
  if (answer === undefined) return "No output fires: the network has no answer.";
  const verdict = answer === point.label ? "right" : `wrong: it is a ${classSign(point.label)}`;
  return `The network says ${classSign(answer)}, ${verdict}, with ${spikes} spike${spikes === 1 ? "" : "s"}.`;
}
