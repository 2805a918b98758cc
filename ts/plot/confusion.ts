import * as Plot from "@observablehq/plot";
import { fields } from "../check/fields.js";
import { type Check, listOf, numbers, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { COLOURS } from "./colours.js";
import { figure, panel } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";

export interface ConfusionOptions extends FigureOptions {
  /** Number of classes; by default as many as occur. */
  classes?: number;
  /** Names of the classes; their numbers by default. */
  names?: readonly string[];
}

/** More could not be told apart, and their pairs would fill the memory. */
const MAX_CLASSES = 10_000;

const classNumber = whole(0, MAX_CLASSES - 1, "DATA_FORMAT");

const classNumbers: Check<number[]> = (value, path) =>
  Array.from(numbers(value, path), (entry, index) => classNumber(entry, `${path}[${index}]`));

const confusionOptions = fields<ConfusionOptions>({ ...FIGURE, classes: whole(0, MAX_CLASSES), names: listOf(text) });

/**
 * Counts decisions by label and decision, `[label][decision]`.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when there is not one decision for each label.
 */
export function confusionCounts(labels: ArrayLike<number>, decisions: ArrayLike<number>, classes = 0): number[][] {
  const [rows, columns] = [classNumbers(labels, "labels"), classNumbers(decisions, "decisions")];
  if (rows.length !== columns.length) {
    throw new SpikeletError("SHAPE_MISMATCH", "decisions", `must have ${rows.length} entries, got ${columns.length}`);
  }
  let size = whole(0, MAX_CLASSES)(classes, "classes");
  for (const number of [...rows, ...columns]) size = Math.max(size, 1 + number);
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const [k, label] of rows.entries()) {
    const row = counts[label];
    const column = columns[k] ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return counts;
}

/**
 * Plots labels against decisions (`prediction.byFirstSpike`, `.byCount` or `.byMembrane`): correct ones in blue, wrong ones in
 * vermillion, darker for a larger fraction of the label.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when there is not one decision for each label.
 */
export function confusionMatrix(labels: ArrayLike<number>, decisions: ArrayLike<number>, options: ConfusionOptions = {}): string {
  const { width = 480, classes, names, title } = confusionOptions(options, "");
  const counts = confusionCounts(labels, decisions, classes);
  const name = (index: number) => names?.[index] ?? String(index);
  const size = counts.length;
  const cells = counts.flatMap((row, label) => {
    const total = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    );
    return row.map((count, decision) => ({ label, decision, count, share: count / total, isRight: label === decision }));
  });
  const side = (width - 80) / Math.max(1, size);
  const shown = side >= 14 ? cells.filter(({ count }) => count > 0) : [];
  const drawn = panel({
    width,
    height: Math.round(size * side) + 60,
    marginTop: 20,
    marginLeft: 60,
    marginRight: 20,
    marginBottom: 40,
    x: { type: "band", domain: range(size), label: "Decision", tickFormat: name, padding: 0.04 },
    y: { type: "band", domain: range(size), label: "Label", tickFormat: name, padding: 0.04 },
    marks: [
      Plot.cell(cells, {
        x: "decision",
        y: "label",
        fill: ({ isRight }: (typeof cells)[number]) => (isRight ? COLOURS.blue : COLOURS.vermillion),
        // A single mistake among a thousand is to be seen.
        fillOpacity: ({ count, share }: (typeof cells)[number]) => (count === 0 ? 0.04 : 0.15 + 0.6 * Math.sqrt(share)),
      }),
      Plot.text(shown, { x: "decision", y: "label", text: "count", fontSize: Math.min(12, side / 2.4) }),
    ],
    color: { type: "identity" },
    opacity: { type: "identity" },
  });
  const right = cells.reduce((sum, { isRight, count }) => sum + (isRight ? count : 0), 0);
  const description = `confusion matrix of ${size} classes, ${right} of ${labels.length} decisions right`;
  return figure([drawn], description, { ...(title === undefined ? {} : { title }), width });
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, k) => k);
}
