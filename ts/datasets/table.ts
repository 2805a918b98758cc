import { SpikeletError } from "../errors.js";

/** A line that is not blank. */
interface Row {
  cells: readonly string[];
  /** Number of the line in the text, from 1. */
  line: number;
}

export interface Table {
  names: readonly string[];
  rows: readonly Row[];
}

export async function tableOf(content: string, delimiter: string, required: ReadonlySet<string>, path: string): Promise<Table> {
  const { default: papa } = await import("papaparse");
  // Lines of one text may end differently, where several files were joined.
  const { data, errors } = papa.parse<string[]>(content.replace(/\r\n?/g, "\n"), { delimiter, newline: "\n" });
  const [error] = errors;
  const filled: Row[] = [];
  let line = 1;
  for (const [k, cells] of data.entries()) {
    if (error !== undefined && k === (error.row ?? 0)) throw fault(`${path}, line ${line}`, error.message);
    // Cells that are all empty are no blank line but values that are missing.
    const joined = cells.join();
    if (joined.trim() !== "") filled.push({ cells, line });
    // A cell in quotes may go over several lines.
    line += joined.split("\n").length;
  }
  const [header, ...rows] = filled;
  const names = header?.cells ?? [];
  for (const name of required) {
    const { length } = names.filter((one) => one === name);
    if (length !== 1) throw fault(path, `must have one column ${JSON.stringify(name)}, has ${length}: ${names.join(", ")}`);
  }
  for (const { cells, line } of rows) {
    if (cells.length === names.length) continue;
    throw fault(`${path}, line ${line}`, `must have ${names.length} values, has ${cells.length}`);
  }
  return { names, rows };
}

export function cellOf({ names }: Table, { cells }: Row, name: string): string {
  return (cells[names.indexOf(name)] ?? "").trim();
}

export function numberOf(table: Table, row: Row, name: string, path: string): number {
  const value = cellOf(table, row, name);
  if (value !== "" && Number.isFinite(Math.fround(Number(value)))) return Number(value);
  throw fault(`${path}: ${name}`, `must be a number, got ${JSON.stringify(value)}`);
}

/** Refuses what is no name and no number of a class. */
export function checkClass(value: string, classes: readonly string[] | undefined, path: string): void {
  if (classes === undefined ? value !== "" && !isOddNumber(value) : classes.includes(value)) return;
  const expected = classes === undefined ? "the name of a class or a whole number from 0" : `one of ${classes.join(", ")}`;
  throw fault(path, `must be ${expected}, got ${JSON.stringify(value)}`);
}

/** A number that is not that of a class. */
function isOddNumber(value: string): boolean {
  return Number.isFinite(Number(value)) && !(isWhole(value) && Number(value) <= 0xffff_ffff);
}

function isWhole(value: string): boolean {
  return /^\d+$/.test(value);
}

/** Classes of the samples: their numbers, or their names. */
export function labelsOf(values: readonly string[], classes: readonly string[] | undefined, column: string) {
  if (classes !== undefined) return { labels: values, classes };
  const numbered = values.filter(isWhole);
  if (numbered.length === values.length) return { labels: values.map(Number) };
  if (numbered.length === 0) return { labels: values };
  throw fault(column, `must have numbers or names, has both: ${numbered[0]} and ${values.find((value) => !isWhole(value))}`);
}

export function fault(path: string, message: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", path, message);
}
