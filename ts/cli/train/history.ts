import { readFile } from "node:fs/promises";
import { accuracyBy } from "../../decisions.js";
import type { EpochRecord, Metrics } from "../../generated/config.js";
import type { CurveMetrics, CurvePoint } from "../../plot/index.js";

const COLUMNS = [
  "epoch",
  "learningRate",
  "trainLoss",
  "trainFirstSpike",
  "trainCount",
  "trainSpikesPerSample",
  "validationLoss",
  "validationFirstSpike",
  "validationCount",
  "validationSpikesPerSample",
  "trainMembrane",
  "trainMeanSquaredError",
  "trainRSquared",
  "validationMembrane",
  "validationMeanSquaredError",
  "validationRSquared",
  "samples",
  "seconds",
  "samplesPerSecond",
] as const;

/** One epoch; columns without a value are NaN. */
export type HistoryRow = Record<(typeof COLUMNS)[number], number>;

/** The last column: the run that the row belongs to. */
const RUN = "run";

/** One row an epoch, kept as `history.csv`. */
export class History {
  /** Names the run. */
  readonly run: string;
  readonly rows: HistoryRow[];

  constructor(run: string, rows: HistoryRow[] = []) {
    this.run = run;
    this.rows = rows;
  }

  /**
   * The epochs that a checkpoint knows of. How long they took is not a part of it; rows of this run in the first of `files` that has them
   * tell, unless they were not written any more.
   */
  static async resume(run: string, epochs: readonly EpochRecord[], files: readonly string[]): Promise<History> {
    const clocks = await Promise.all(files.map((file) => readClock(file, run)));
    const rows = epochs.map((record) => {
      const clock = clocks.find((clock) => clock.has(record.epoch))?.get(record.epoch);
      return rowOf(record, clock?.seconds, clock?.samplesPerSecond);
    });
    return new History(run, rows);
  }

  /** Adds an epoch that took `seconds`. */
  add(epoch: EpochRecord, seconds: number, samplesPerSecond: number): HistoryRow {
    const row = rowOf(epoch, seconds, samplesPerSecond);
    this.rows.push(row);
    return row;
  }

  /** The text of `history.csv`. */
  get csv(): string {
    const lines = this.rows.map((row) => [...COLUMNS.map((column) => cell(row[column])), this.run].join(","));
    return `${[[...COLUMNS, RUN].join(","), ...lines].join("\n")}\n`;
  }

  /** What a figure of learning curves takes. */
  get curve(): CurvePoint[] {
    return this.rows.map((row) => ({
      epoch: row.epoch,
      train: metricsIn(row, "train"),
      validation: Number.isNaN(row.validationLoss) ? null : metricsIn(row, "validation"),
    }));
  }

  /** Totals over all epochs. */
  get totals(): { epochs: number; samples: number; seconds: number; samplesPerSecond: number } {
    const timed = this.rows.filter((row) => row.samplesPerSecond > 0);
    const samples = timed.reduce((sum, row) => sum + row.samples, 0);
    const training = timed.reduce((sum, row) => sum + row.samples / row.samplesPerSecond, 0);
    return {
      epochs: this.rows.length,
      samples: this.rows.at(-1)?.samples ?? 0,
      seconds: round(timed.reduce((sum, row) => sum + row.seconds, 0)),
      samplesPerSecond: training > 0 ? round(samples / training) : 0,
    };
  }
}

function metricsIn(row: HistoryRow, part: "train" | "validation"): CurveMetrics {
  const known = <Name extends string>(name: Name, value: number) =>
    (Number.isNaN(value) ? {} : { [name]: value }) as { [_ in Name]?: number };
  return {
    loss: row[`${part}Loss`],
    accuracy: {
      firstSpike: row[`${part}FirstSpike`] || 0,
      count: row[`${part}Count`] || 0,
      ...known("membrane", row[`${part}Membrane`]),
    },
    ...known("meanSquaredError", row[`${part}MeanSquaredError`]),
    ...known("rSquared", row[`${part}RSquared`]),
    spikes: { perSample: row[`${part}SpikesPerSample`] },
  };
}

interface Clock {
  seconds: number;
  samplesPerSecond: number;
}

/** How long each epoch of a run took; nothing where there is no file. */
async function readClock(file: string, run: string): Promise<Map<number, Clock>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return new Map();
  }
  const [header = "", ...lines] = text.trim().split("\n");
  const names = header.split(",");
  const cellsByRow = lines.map((line) => line.split(",")).filter((cells) => cells[names.indexOf(RUN)] === run);
  const rows = cellsByRow.map((cells) => {
    const value = (column: keyof HistoryRow) => numberIn(cells[names.indexOf(column)]);
    return [value("epoch"), { seconds: value("seconds"), samplesPerSecond: value("samplesPerSecond") }] as const;
  });
  return new Map(rows);
}

/** The row of an epoch, which took as long as is said, if that is known. */
export function rowOf(
  { epoch, learningRate, train, validation }: EpochRecord,
  seconds = Number.NaN,
  samplesPerSecond = Number.NaN,
): HistoryRow {
  return {
    epoch,
    learningRate,
    ...columnsOf("train", train),
    ...columnsOf("validation", validation),
    samples: train.samples,
    seconds,
    samplesPerSecond,
  };
}

type Figure = "Loss" | "FirstSpike" | "Count" | "Membrane" | "MeanSquaredError" | "RSquared" | "SpikesPerSample";

/** What metrics have no figure for is NaN. */
function columnsOf<Part extends "train" | "validation">(part: Part, metrics: Metrics | null): Record<`${Part}${Figure}`, number> {
  const figures: Record<Figure, number | undefined> = {
    Loss: metrics?.loss,
    FirstSpike: metrics ? accuracyBy("firstSpike", metrics) : undefined,
    Count: metrics ? accuracyBy("count", metrics) : undefined,
    Membrane: metrics?.accuracy.membrane,
    MeanSquaredError: metrics?.meanSquaredError,
    RSquared: metrics?.rSquared,
    SpikesPerSample: metrics?.spikes.perSample,
  };
  const named = Object.entries(figures).map(([name, value]) => [`${part}${name}`, value ?? Number.NaN]);
  return Object.fromEntries(named) as Record<`${Part}${Figure}`, number>;
}

function numberIn(text: string | undefined): number {
  return text === undefined || text === "" ? Number.NaN : Number(text);
}

function cell(value: number): string {
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(9)));
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
