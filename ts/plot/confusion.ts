import { fields } from "../check/fields.js";
import { type Check, listOf, numbers, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { COLOURS } from "./colours.js";
import { figure } from "./figure.js";
import { type Mark, type Point, texts } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { panel, textWidth } from "./panel.js";
import { linear } from "./scale.js";
import { shortened } from "./shortened.js";
import { element, pixels, textAt } from "./svg.js";
import { type Ticks, wholeTicks } from "./ticks.js";

export interface ConfusionOptions extends FigureOptions {
  /** Number of classes; by default as many as occur. */
  classes?: number;
  /** Names of the classes; their numbers by default. */
  names?: readonly string[];
}

/** Longer names lose their middle. */
const MAX_LETTERS = 20;
/** Names below the matrix that would have fewer letters are turned. */
const MIN_LETTERS = 8;
/** Mean width of a letter of the names, and the pixels to their left and right. */
const [LETTER, BESIDE_NAMES] = [textWidth("m"), 40];

/** More could not be told apart, and their pairs would fill the memory. */
const MAX_CLASSES = 10_000;

/** With more classes, only some have their name at the axes, and only pairs that occur are drawn. */
const MAX_NAMED = 100;

/** The decision of a sample in which no output fired. */
const NONE = -1;

const classNumber = whole(0, MAX_CLASSES - 1, "DATA_FORMAT");
/** A class, or that there is none. */
const decisionNumber = whole(NONE, MAX_CLASSES - 1, "DATA_FORMAT");

const each =
  (check: Check<number>): Check<number[]> =>
  (value, path) =>
    Array.from(numbers(value, path), (entry, index) => check(entry, `${path}[${index}]`));

const confusionOptions = fields<ConfusionOptions>({ ...FIGURE, classes: whole(0, MAX_CLASSES), names: listOf(text) });

/**
 * Counts decisions by label and decision, `[label][decision]`. A sample without a decision (-1) is in no cell.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when there is not one decision for each label.
 */
export function confusionCounts(labels: ArrayLike<number>, decisions: ArrayLike<number>, classes = 0): number[][] {
  const { size, cells } = pairsOf(labels, decisions, classes);
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const { label, decision, count } of cells) if (decision !== NONE) (counts[label] as number[])[decision] = count;
  return counts;
}

/** How often a decision was made for a label. */
interface Cell {
  label: number;
  /** {@link NONE} where no output fired. */
  decision: number;
  count: number;
}

/** The pairs of label and decision that occur. */
function pairsOf(labels: ArrayLike<number>, decisions: ArrayLike<number>, classes: number): { size: number; cells: Cell[] } {
  const [rows, columns] = [each(classNumber)(labels, "labels"), each(decisionNumber)(decisions, "decisions")];
  if (rows.length !== columns.length) {
    throw new SpikeletError("SHAPE_MISMATCH", "decisions", `must have ${rows.length} entries, got ${columns.length}`);
  }
  let size = whole(0, MAX_CLASSES)(classes, "classes");
  for (const number of [...rows, ...columns]) size = Math.max(size, 1 + number);
  const cells = new Map<string, Cell>();
  for (const [k, label] of rows.entries()) {
    const decision = columns[k] ?? 0;
    const place = keyOf({ label, decision });
    const cell = cells.get(place) ?? { label, decision, count: 0 };
    cell.count += 1;
    cells.set(place, cell);
  }
  return { size, cells: [...cells.values()] };
}

function keyOf({ label, decision }: Pick<Cell, "label" | "decision">): string {
  return `${label} ${decision}`;
}

/** Each pair of a class and a decision, also those that do not occur. */
function withEmpty(cells: readonly Cell[], size: number, decisions: readonly number[]): Cell[] {
  const found = new Map(cells.map((cell) => [keyOf(cell), cell]));
  return range(size).flatMap((label) =>
    decisions.map((decision) => found.get(keyOf({ label, decision })) ?? { label, decision, count: 0 }),
  );
}

/**
 * Plots labels against decisions (`prediction.classes`): correct ones in blue, wrong ones in
 * vermillion, darker for a larger fraction of the label. Samples without a decision (-1) stand in a column `none`.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` when there is not one decision for each label.
 */
export function confusionMatrix(labels: ArrayLike<number>, decisions: ArrayLike<number>, options: ConfusionOptions = {}): string {
  const { width = 480, classes, names, title } = confusionOptions(options, "");
  const pairs = pairsOf(labels, decisions, classes ?? 0);
  const { size } = pairs;
  const isSilent = pairs.cells.some(({ decision }) => decision === NONE);
  /** Columns from left to right. */
  const columns = isSilent ? [...range(size), NONE] : range(size);
  const column = (decision: number) => (decision === NONE ? size : decision);
  const name = (index: number) => (index === size ? "none" : (names?.[index] ?? String(index)));
  const totals = new Map<number, number>();
  for (const { label, count } of pairs.cells) totals.set(label, count + (totals.get(label) ?? 0));
  const areFew = size <= MAX_NAMED;
  const areNamed = areFew && names !== undefined;
  const cells = (areFew ? withEmpty(pairs.cells, size, columns) : pairs.cells).map((cell) => ({
    ...cell,
    share: cell.count / (totals.get(cell.label) ?? 1),
    isRight: cell.label === cell.decision,
  }));
  const longest = (names ?? []).slice(0, size).reduce((most, { length }) => Math.max(most, length), String(size).length);
  const letters = Math.min(longest, MAX_LETTERS, Math.floor((0.4 * width - BESIDE_NAMES) / LETTER));
  const left = Math.max(60, BESIDE_NAMES + LETTER * letters);
  // Whole pixels keep the cells apart.
  const room = (width - 20 - left) / Math.max(1, columns.length);
  const side = room < 1 ? room : Math.floor(room);
  const numbered = side >= 14 ? cells.filter(({ count }) => count > 0) : [];
  const below = Math.floor(side / LETTER) - 1;
  const isTurned = areNamed && below < Math.min(longest, MIN_LETTERS);
  const ticks = (letters: number, room: number): Ticks => {
    if (areNamed) return { values: range(size), text: (k) => shortened(name(k), letters) };
    return wholeTicks(0, size - 1, Math.max(2, Math.floor((side * size) / room)));
  };
  const withNone = ({ values, text }: Ticks): Ticks => {
    if (!isSilent) return { values, text };
    const apart = values.filter((k) => areNamed || (size - k) * side > textWidth(name(size)));
    return { values: [...apart, size], text: (k) => (k === size ? name(size) : text(k)) };
  };
  const [top, bottom] = [20, isTurned ? 30 + LETTER * letters : 40];
  const last = (length: number): number => Math.max(1, length) - 0.5;
  const drawn = panel({
    width,
    height: top + Math.round(side * size) + bottom,
    margin: { top, right: width - left - side * columns.length, bottom, left },
    x: {
      scale: linear([-0.5, last(columns.length)]),
      ticks: withNone(ticks(isTurned ? letters : below, LETTER * (letters + 1))),
      isTurned,
    },
    y: { scale: linear([last(size), -0.5]), ticks: ticks(letters, 11) },
    marks: [
      ({ x, y }) => cells.map((cell) => square(cell, [x(column(cell.decision)), y(cell.label)], side)).join(""),
      texts(
        numbered.map(({ count }) => String(count)),
        ({ x, y }, k) => [x(column(numbered[k]?.decision ?? 0)), y(numbered[k]?.label ?? 0)],
        { size: Math.min(12, side / 2.4) },
      ),
      axisNames(bottom),
    ],
  });
  const right = cells.reduce((sum, { isRight, count }) => sum + (isRight ? count : 0), 0);
  const description = `confusion matrix of ${size} classes, ${right} of ${labels.length} decisions right`;
  return figure([drawn], description, { ...(title === undefined ? {} : { title }), width });
}

interface DrawnCell extends Cell {
  /** Fraction of the decisions for the label. */
  share: number;
  isRight: boolean;
}

function square({ count, share, isRight }: DrawnCell, [x, y]: Point, side: number): string {
  const inner = side - (side < 8 ? 0 : side < 30 ? 1 : 2);
  return element("rect", {
    x: x - inner / 2,
    y: y - inner / 2,
    width: inner,
    height: inner,
    fill: isRight ? COLOURS.blue : COLOURS.vermillion,
    // A single mistake among a thousand is to be seen, and the number in a full cell to be read, on light and dark grounds.
    "fill-opacity": count === 0 ? 0.04 : 0.15 + 0.45 * Math.sqrt(share),
  });
}

/** What the axes are. */
function axisNames(margin: number): Mark {
  return ({ left, right, top, bottom }) => {
    const upright = `translate(8,${pixels((top + bottom) / 2)}) rotate(-90)`;
    const label = element("g", { transform: upright }, textAt([0, 0], "Label"));
    return textAt([(left + right) / 2, bottom + margin - 7], "Decision") + label;
  };
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, k) => k);
}
