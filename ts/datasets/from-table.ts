import { fields } from "../check/fields.js";
import { listOf, refuse, text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { classNames } from "./class-names.js";
import { fromImages } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { type LongTable, longTableOf } from "./long-table.js";
import { type Range, range, rangesOf, scaled } from "./ranges.js";
import type { ScaledValues } from "./samples.js";
import { cellOf, checkClass, fault, labelsOf, numberOf, tableOf } from "./table.js";

/** What the columns of a table mean that has a line for each sample. */
export interface TableOptions {
  /**
   * Column with the class of the sample, its number or its name; by default the one that is called `label` or `class`, otherwise
   * the last.
   */
  label?: string;
  /** Columns with the values of the sample; by default all others. */
  values?: readonly string[];
  /**
   * Lowest and highest number of each of these columns, which become 0 and 1. By default those of the training part once the data
   * set is split, and of all lines before.
   */
  ranges?: readonly Range[];
  /** Names of the classes: the first is class 0. By default those in the table, sorted, if none of them is a number. */
  classes?: readonly string[];
  /** Separator of values; a comma by default. */
  delimiter?: string;
  name?: string;
}

const tableOptions = fields<TableOptions>({
  label: text,
  values: listOf(text, "CONFIG_INVALID"),
  ranges: listOf(range, "CONFIG_INVALID"),
  classes: classNames,
  delimiter: text,
  name: text,
});

/**
 * Makes a data set from a table of comma-separated values: the first line names the columns, each further line is one sample. Each
 * column is scaled to 0..1: a number outside its range becomes the end of the range. The network keeps the ranges, so that
 * {@link Network.predict} takes numbers as they are in the table.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for wrong options, `DATA_FORMAT` with the line for a column that is missing and for
 * what is no number or class, and for a table whose lines are points in time, unless `values` names columns.
 */
export async function fromTable(content: string, options: TableOptions = {}): Promise<SpikeDataset> {
  return readTable(content, options);
}

/** @internal How a table is read. */
export interface TableReading {
  /** Whether the column of the classes, or some of its cells, may be missing; the samples then have no labels. */
  areLabelsOptional?: boolean | undefined;
  /** How a table is read whose lines are points in time. */
  remedy?: (columns: LongTable) => string;
}

const BY_CALL = ({ channels, sample, label }: LongTable) =>
  `datasets.fromCsv(text, ${JSON.stringify({ channels, sample, label })})`;

/** What a table has whose lines are points in time. */
export function longTableText({ sample, samples, label, time }: LongTable): string {
  return `has a line for each point in time: ${sample} names ${samples} samples of one ${label} each, over which ${time} rises`;
}

/** @internal The columns of a table whose lines are points in time; `undefined` for other ones. */
export async function longTableIn(content: string, options: TableOptions): Promise<LongTable | undefined> {
  const { label, values, delimiter = "," } = tableOptions(options, "");
  if (values !== undefined) return undefined;
  const table = await tableOf(content, delimiter, new Set(), "table");
  return longTableOf(table, classColumn(table.names, label));
}

const classColumn = (names: readonly string[], label: string | undefined): string =>
  label ?? names.find((one) => /^(label|class)$/i.test(one)) ?? names.at(-1) ?? "";

/** @internal {@link fromTable}, also for samples whose classes are not known. */
export async function readTable(
  content: string,
  options: TableOptions,
  { areLabelsOptional = false, remedy = BY_CALL }: TableReading = {},
): Promise<SpikeDataset> {
  const { label, values, ranges: given, classes, delimiter = ",", name = "table" } = tableOptions(options, "");
  if (delimiter === "" || /["\r\n\ufeff]/.test(delimiter)) refuse("CONFIG_INVALID", "delimiter", "what parts values", delimiter);
  const required = new Set([...(values ?? []), ...(label === undefined || areLabelsOptional ? [] : [label])]);
  const table = await tableOf(text(content, "table"), delimiter, required, "table");
  const { names } = table;
  const found = classColumn(names, label);
  const isLabelled = !areLabelsOptional || (names.includes(found) && !holdsValues(found, names, values, given));
  const column = isLabelled ? found : undefined;
  const columns = values ?? names.filter((one) => one !== column);
  if (columns.length === 0) throw new SpikeletError("DATA_FORMAT", "table", `must have a column of values beside ${column}`);
  if (table.rows.length === 0) throw new SpikeletError("DATA_FORMAT", "table", "has no lines below the names of its columns");
  const long = column === undefined || values !== undefined || given !== undefined ? undefined : longTableOf(table, column);
  if (long !== undefined) {
    throw fault("table", `${longTableText(long)}; read it with ${remedy(long)}, or name the columns of a sample in values`);
  }
  const numbers: number[] = [];
  const labels: string[] = [];
  for (const row of table.rows) {
    const path = `table, line ${row.line}`;
    for (const one of columns) numbers.push(numberOf(table, row, one, path));
    const of = column === undefined ? "" : cellOf(table, row, column);
    if (of !== "" || !areLabelsOptional) checkClass(of, classes, `${path}: ${column}`);
    labels.push(of);
  }
  if (given !== undefined && given.length !== columns.length) {
    throw new SpikeletError(
      "CONFIG_INVALID",
      "ranges",
      `must have ${columns.length} entries for as many columns, got ${given.length}`,
    );
  }
  const unscaled = Float64Array.from(numbers);
  const scaledBy = (rows: Iterable<number>): ScaledValues => {
    const ranges = given ?? rangesOf(unscaled, columns.length, rows);
    return { ranges, values: scaled(unscaled, ranges) };
  };
  const { values: inRange, ranges } = scaledBy(labels.keys());
  const targets = areLabelsOptional && labels.includes("") ? {} : labelsOf(labels, classes, column ?? "");
  const data = fromImages({ values: inRange, shape: [columns.length], name, ...targets });
  return data.withRanges(ranges, given === undefined ? scaledBy : undefined);
}

/** Whether a column that is not known to hold the classes is one of the values. */
function holdsValues(
  column: string,
  names: readonly string[],
  values: readonly string[] | undefined,
  ranges: readonly Range[] | undefined,
): boolean {
  return values === undefined ? ranges?.length === names.length : values.includes(column);
}
