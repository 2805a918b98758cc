import { isObject, type Json, valueAt } from "../../json.js";
import { planError } from "../plan/fields.js";
import type { Objective } from "../plan/plan.js";
import type { RunRecord, RunResult } from "../store/record.js";

/** The objective of a run; `undefined` where it failed, or where its result does not have the metric. */
export function scoreOf({ result }: RunRecord, { metric }: Objective): number | undefined {
  const value = result && valueAt(result as unknown as Json, metric);
  return typeof value === "number" ? value : undefined;
}

/**
 * Checks that some results have the metric of the objective. Where variants decide in different ways, those without it get no score.
 *
 * @param examples results like those that the runs will have, one for each kind of run; their history may be shorter.
 * @throws {SpikeletError} `CONFIG_INVALID` at `objective.metric` where none has it.
 */
export function checkObjective({ metric }: Objective, examples: readonly RunResult[]): void {
  const path = /^history\[\d+\]/.test(metric) ? metric.replace(/\d+/, "0") : metric;
  const [example] = examples;
  if (example === undefined || examples.some((result) => typeof valueAt(result as unknown as Json, path) === "number")) return;
  const reason =
    example.validation === null && metric.startsWith("validation.")
      ? `there are no samples for validation, so no ${metric}`
      : `is no number in the results: ${metric}`;
  throw planError("objective.metric", `${reason}; there are ${numbersIn(example as unknown as Json, "").join(", ")}`);
}

/** Paths of all numbers; of a list only that of the first entry. */
function numbersIn(value: Json, path: string): string[] {
  if (typeof value === "number") return [path];
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((one) => numbersIn(one, `${path}[0]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => numbersIn(one, path === "" ? key : `${path}.${key}`));
}
