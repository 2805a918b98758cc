import { readFile } from "node:fs/promises";
import type { EpochRecord } from "../../generated/config.js";
import { save } from "../../io/files.node.js";
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
  "samples",
  "seconds",
  "samplesPerSecond",
] as const;

/** One epoch; columns without a value are NaN. */
export type HistoryRow = Record<(typeof COLUMNS)[number], number>;

/** One row an epoch, kept as `history.csv`. */
export class History {
  readonly file: string;
  readonly rows: HistoryRow[];

  constructor(file: string, rows: HistoryRow[] = []) {
    this.file = file;
    this.rows = rows;
  }

  /** The epochs that a checkpoint knows of. How long they took is not a part of it; the file has that, unless it was not written any more. */
  static async resume(file: string, epochs: readonly EpochRecord[]): Promise<History> {
    const clock = await readClock(file);
    const rows = epochs.map((record) => {
      const { seconds, samplesPerSecond } = clock.get(record.epoch) ?? UNKNOWN;
      return rowOf(record, seconds, samplesPerSecond);
    });
    return new History(file, rows);
  }

  /** Adds an epoch that took `seconds`. */
  add(epoch: EpochRecord, seconds: number, samplesPerSecond: number): HistoryRow {
    const row = rowOf(epoch, seconds, samplesPerSecond);
    this.rows.push(row);
    return row;
  }

  async write(): Promise<void> {
    const lines = this.rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(","));
    await save(this.file, `${[COLUMNS.join(","), ...lines].join("\n")}\n`);
  }

  /** The epoch with the best validation accuracy by first spike, the earliest of equals. */
  get best(): HistoryRow | undefined {
    let best: HistoryRow | undefined;
    for (const row of this.rows) {
      if (row.validationFirstSpike > (best?.validationFirstSpike ?? -1)) best = row;
    }
    return best;
  }

  /** What a picture of learning curves takes. */
  get curve(): CurvePoint[] {
    return this.rows.map((row) => ({
      epoch: row.epoch,
      train: metricsIn(row.trainLoss, row.trainFirstSpike, row.trainCount, row.trainSpikesPerSample),
      validation: Number.isNaN(row.validationLoss)
        ? null
        : metricsIn(row.validationLoss, row.validationFirstSpike, row.validationCount, row.validationSpikesPerSample),
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

function metricsIn(loss: number, firstSpike: number, count: number, perSample: number): CurveMetrics {
  return { loss, accuracy: { firstSpike, count }, spikes: { perSample } };
}

interface Clock {
  seconds: number;
  samplesPerSecond: number;
}

const UNKNOWN: Clock = { seconds: Number.NaN, samplesPerSecond: Number.NaN };

/** How long each epoch took; nothing where there is no file. */
async function readClock(file: string): Promise<Map<number, Clock>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return new Map();
  }
  const [header = "", ...lines] = text.trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => {
    const cells = line.split(",");
    const value = (column: keyof HistoryRow) => numberIn(cells[names.indexOf(column)]);
    return [value("epoch"), { seconds: value("seconds"), samplesPerSecond: value("samplesPerSecond") }] as const;
  });
  return new Map(rows);
}

function rowOf({ epoch, learningRate, train, validation }: EpochRecord, seconds: number, samplesPerSecond: number): HistoryRow {
  return {
    epoch,
    learningRate,
    trainLoss: train.loss,
    trainFirstSpike: train.accuracy.firstSpike,
    trainCount: train.accuracy.count,
    trainSpikesPerSample: train.spikes.perSample,
    validationLoss: validation?.loss ?? Number.NaN,
    validationFirstSpike: validation?.accuracy.firstSpike ?? Number.NaN,
    validationCount: validation?.accuracy.count ?? Number.NaN,
    validationSpikesPerSample: validation?.spikes.perSample ?? Number.NaN,
    samples: train.samples,
    seconds,
    samplesPerSecond,
  };
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
