import { deviationText, spread } from "spikelet/study";
import { accuracyMeasure, type Compared, nameOf } from "./comparison.js";

/**
 * A row for each rule and loss with its accuracies, a column for each data set and control, which the places of the variants name behind
 * the loss: `latency, randman, shuffled`.
 */
export function orderRows(all: readonly Compared[]): string[][] {
  const rows = new Map<string, Map<string, string>>();
  for (const one of all) {
    const [series = "", task = "", ...column] = nameOf(one).split(", ");
    const row = `${series}, ${task}`;
    const { of, digits } = accuracyMeasure(one);
    const cells = rows.get(row) ?? new Map<string, string>();
    if (one.records.length > 0) cells.set(column.join(", "), deviationText(spread(one.records.map(of)), digits));
    rows.set(row, cells);
  }
  const columns = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))].sort();
  const lines = [...rows].map(([name, cells]) => [name, ...columns.map((column) => cells.get(column) ?? "")]);
  return [["rule, loss", ...columns.map((column) => `${column}, %`)], ...lines];
}
