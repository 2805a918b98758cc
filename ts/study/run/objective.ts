import { isObject, type Json, valueAt } from "../../json.js";
import { wrong } from "../plan/fields.js";
import type { Objective } from "../plan/plan.js";
import type { RunRecord, RunResult } from "../store/record.js";

/** How good a run was; `undefined` for one that failed, and for one whose result does not have the metric. */
export function scoreOf({ result }: RunRecord, { metric }: Objective): number | undefined {
  const value = result && valueAt(result as unknown as Json, metric);
  return typeof value === "number" ? value : undefined;
}

/**
 * Checks that results have the number that a study is about.
 *
 * @param example a result like those that the runs will have; its history may be shorter.
 * @throws {SpikeletError} `CONFIG_INVALID` at `objective.metric`.
 */
export function checkObjective({ metric }: Objective, example: RunResult): void {
  const result = example as unknown as Json;
  const isLater = /^history\[\d+\]/.test(metric);
  if (typeof valueAt(result, isLater ? metric.replace(/\d+/, "0") : metric) === "number") return;
  const reason =
    example.validation === null && metric.startsWith("validation.")
      ? `there are no samples for validation, so no ${metric}`
      : `is no number in the results: ${metric}`;
  throw wrong("objective.metric", `${reason}; there are ${numbersIn(result, "").join(", ")}`);
}

/** Paths of all numbers, of a list the first alone. */
function numbersIn(value: Json, path: string): string[] {
  if (typeof value === "number") return [path];
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((one) => numbersIn(one, `${path}[0]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => numbersIn(one, path === "" ? key : `${path}.${key}`));
}
