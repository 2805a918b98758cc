import * as Plot from "@observablehq/plot";
import { fields } from "../check/fields.js";
import { type Check, listOf, numbers, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { COLOURS } from "./colours.js";
import { figure, panel } from "./figure.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { wholeTicks } from "./ticks.js";

export interface ConfusionOptions extends FigureOptions {
  /** Number of classes; by default as many as occur. */
  classes?: number;
  /** Names of the classes; their numbers by default. */
  names?: readonly string[];
}

/** More could not be told apart, and their pairs would fill the memory. */
const MAX_CLASSES = 10_000;

/** With more classes, only some have their name at the axes, and only pairs that occur are drawn. */
const MAX_NAMED = 100;

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
  const { size, cells } = pairsOf(labels, decisions, classes);
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const { label, decision, count } of cells) (counts[label] as number[])[decision] = count;
  return counts;
}

/** How often a decision was made for a label. */
interface Cell {
  label: number;
  decision: number;
  count: number;
}

/** The pairs of label and decision that occur. */
function pairsOf(labels: ArrayLike<number>, decisions: ArrayLike<number>, classes: number): { size: number; cells: Cell[] } {
  const [rows, columns] = [classNumbers(labels, "labels"), classNumbers(decisions, "decisions")];
  if (rows.length !== columns.length) {
    throw new SpikeletError("SHAPE_MISMATCH", "decisions", `must have ${rows.length} entries, got ${columns.length}`);
  }
  let size = whole(0, MAX_CLASSES)(classes, "classes");
  for (const number of [...rows, ...columns]) size = Math.max(size, 1 + number);
  const cells = new Map<number, Cell>();
  for (const [k, label] of rows.entries()) {
    const decision = columns[k] ?? 0;
    const cell = cells.get(label * size + decision) ?? { label, decision, count: 0 };
    cell.count += 1;
    cells.set(label * size + decision, cell);
  }
  return { size, cells: [...cells.values()] };
}

/** Each pair of the classes, also those that do not occur. */
function withEmpty({ size, cells }: { size: number; cells: Cell[] }): Cell[] {
  const found = new Map(cells.map((cell) => [cell.label * size + cell.decision, cell]));
  return Array.from({ length: size * size }, (_, k) => {
    return found.get(k) ?? { label: Math.floor(k / size), decision: k % size, count: 0 };
  });
}

/**
 * Plots labels against decisions (`prediction.classes`): correct ones in blue, wrong ones in
 * vermillion, darker for a larger fraction of the label.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when there is not one decision for each label.
 */
export function confusionMatrix(labels: ArrayLike<number>, decisions: ArrayLike<number>, options: ConfusionOptions = {}): string {
  const { width = 480, classes, names, title } = confusionOptions(options, "");
  const pairs = pairsOf(labels, decisions, classes ?? 0);
  const { size } = pairs;
  const name = (index: number) => names?.[index] ?? String(index);
  const totals = new Map<number, number>();
  for (const { label, count } of pairs.cells) totals.set(label, count + (totals.get(label) ?? 0));
  const areFew = size <= MAX_NAMED;
  const cells = (areFew ? withEmpty(pairs) : pairs.cells).map((cell) => ({
    ...cell,
    share: cell.count / (totals.get(cell.label) ?? 1),
    isRight: cell.label === cell.decision,
  }));
  const axis = { type: "band", domain: range(size), tickFormat: name, padding: 0.04 } as const;
  const scale = areFew ? axis : { ...axis, ticks: wholeTicks(0, size - 1) };
  const side = (width - 80) / Math.max(1, size);
  const numbered = side >= 14 ? cells.filter(({ count }) => count > 0) : [];
  const drawn = panel({
    width,
    height: Math.round(size * side) + 60,
    marginTop: 20,
    marginLeft: 60,
    marginRight: 20,
    marginBottom: 40,
    x: { ...scale, label: "Decision" },
    y: { ...scale, label: "Label" },
    marks: [
      Plot.cell(cells, {
        x: "decision",
        y: "label",
        fill: ({ isRight }: (typeof cells)[number]) => (isRight ? COLOURS.blue : COLOURS.vermillion),
        // A single mistake among a thousand is to be seen, and the number in a full cell to be read, on light and dark grounds.
        fillOpacity: ({ count, share }: (typeof cells)[number]) => (count === 0 ? 0.04 : 0.15 + 0.45 * Math.sqrt(share)),
      }),
      Plot.text(numbered, { x: "decision", y: "label", text: "count", fontSize: Math.min(12, side / 2.4) }),
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
