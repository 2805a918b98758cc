import type { Table } from "./table.js";

/** Columns of a table whose lines are points in time. */
export interface LongTable {
  /** Column whose value names the sample. */
  sample: string;
  time: string;
  label: string;
  channels: string[];
  /** Number of samples. */
  samples: number;
}

/** Points of the shortest sample that is one: less is a group of lines. */
const MIN_POINTS = 3;

const DATE = /^\d{4}-\d\d-\d\d/;
const TIME = /^(t|time.*|timestamp|date.*|step|frame|tick|index|point|ms|s|sec|seconds)$/i;

/**
 * Whether the lines of a table are points in time rather than samples: a column repeats in runs of one label, each value in one run,
 * and another one rises over every run.
 *
 * @returns `undefined` for a table with a line for each sample.
 */
export function longTableOf({ names, rows }: Table, label: string): LongTable | undefined {
  if (new Set(names).size < names.length) return undefined;
  const column = (name: string): string[] => {
    const at = names.indexOf(name);
    return rows.map(({ cells }) => (cells[at] ?? "").trim());
  };
  const labels = column(label);
  const classes = new Set(labels).size;
  const others = names.filter((name) => name !== label);
  let found: { sample: string; starts: number[] } | undefined;
  for (const sample of others) {
    const starts = runsOf(column(sample), labels);
    // As many runs as classes would be the class again, or a group of classes.
    if (starts !== undefined && starts.length > Math.max(classes, found?.starts.length ?? 0)) found = { sample, starts };
  }
  if (found === undefined) return undefined;
  const { sample, starts } = found;
  const isStart = new Set(starts);
  const times: string[] = [];
  const channels: string[] = [];
  for (const name of others) {
    if (name === sample) continue;
    const cells = column(name);
    const moments = cells.map(momentOf);
    const rises = moments.every((moment, k) => isStart.has(k) || moment > (moments[k - 1] ?? Number.NaN));
    const restarts = starts.some((start) => start > 0 && (moments[start] ?? 0) <= (moments[start - 1] ?? 0));
    if (rises && (restarts || TIME.test(name) || DATE.test(cells[0] ?? ""))) times.push(name);
    const isNumber = cells.every((cell) => cell !== "" && Number.isFinite(Number(cell)));
    const varies = cells.some((cell, k) => !isStart.has(k) && cell !== cells[k - 1]);
    // What rises over all of the file numbers its lines.
    if (isNumber && varies && (!rises || restarts)) channels.push(name);
  }
  const time = times.find((name) => TIME.test(name)) ?? times[0];
  const signals = channels.filter((name) => name !== time);
  if (time === undefined || signals.length === 0) return undefined;
  return { sample, time, label, channels: signals, samples: starts.length };
}

/** Where the runs of a column begin that names samples; `undefined` for any other column. */
function runsOf(cells: readonly string[], labels: readonly string[]): number[] | undefined {
  const seen = new Set<string>();
  const starts: number[] = [];
  for (const [k, cell] of cells.entries()) {
    if (k > 0 && cell === cells[k - 1]) {
      if (labels[k] !== labels[k - 1]) return undefined;
      continue;
    }
    const isFraction = Number.isFinite(Number(cell)) && !Number.isInteger(Number(cell));
    if (cell === "" || isFraction || seen.has(cell) || k - (starts.at(-1) ?? -MIN_POINTS) < MIN_POINTS) return undefined;
    seen.add(cell);
    starts.push(k);
  }
  return cells.length - (starts.at(-1) ?? 0) < MIN_POINTS ? undefined : starts;
}

/** A moment as a number, of seconds or of a date. */
function momentOf(cell: string): number {
  if (cell === "") return Number.NaN;
  return DATE.test(cell) ? Date.parse(cell) : Number(cell);
}
