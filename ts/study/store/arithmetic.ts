import type { RunRecord } from "./record.js";

/** The numbers of the arithmetic that computed the records that are done, rising; `null`, where it is not known, comes first. */
export function arithmeticOf(records: Iterable<RunRecord>): (number | null)[] {
  const numbers = new Set<number | null>();
  for (const { status, arithmetic = null } of records) if (status === "done") numbers.add(arithmetic);
  return [...numbers].sort((a, b) => (a ?? -1) - (b ?? -1));
}

/** For example "arithmetic 4 and 5". */
export function arithmeticText(numbers: readonly (number | null)[]): string {
  return `arithmetic ${numbers.map((number) => number ?? "unknown").join(" and ")}`;
}
