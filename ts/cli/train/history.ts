import { accuracyBy } from "../../decisions.js";
import type { EpochRecord, Metrics } from "../../generated/config.js";
import { readPlain } from "../../io/plain-file.node.js";
import type { CurveMetrics, CurvePoint } from "../../plot/index.js";

const COLUMNS = [
  "epoch",
  "learningRate",
  "trainLoss",
  "trainDecision",
  "trainFirstSpike",
  "trainCount",
  "trainSpikesPerSample",
  "validationLoss",
  "validationDecision",
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

/** Columns of a run that learns more than weights and biases: `layers.0.threshold` and so on. */
const LEARNT = /^layers\.\d+\./;

/** Means of learnt constants and delays after an epoch, by their columns. */
export type LearntMeans = ReadonlyMap<string, number>;

/** The epochs of a run, one row each: the content of `history.csv`. */
export class History {
  /** Identity of the run. */
  readonly run: string;
  readonly rows: HistoryRow[];
  /** Means of learnt constants and delays by epoch, where they are known. */
  readonly #learnt: Map<number, LearntMeans>;

  constructor(run: string, rows: HistoryRow[] = [], learnt: ReadonlyMap<number, LearntMeans> = new Map()) {
    this.run = run;
    this.rows = rows;
    this.#learnt = new Map(learnt);
  }

  /**
   * The history of a run that continues. A checkpoint knows its epochs, but neither their duration nor the learnt constants: these
   * come from the first of `files` with a row for the epoch, and are missing where no file has one.
   */
  static async resume(run: string, epochs: readonly EpochRecord[], files: readonly string[]): Promise<History> {
    const detailsByFile = await Promise.all(files.map((file) => readDetails(file, run)));
    const learnt = new Map<number, LearntMeans>();
    const rows = epochs.map((record) => {
      const details = detailsByFile.find((byEpoch) => byEpoch.has(record.epoch))?.get(record.epoch);
      if (details !== undefined) learnt.set(record.epoch, details.learnt);
      return rowOf(record, details?.seconds, details?.samplesPerSecond);
    });
    return new History(run, rows, learnt);
  }

  /** Adds an epoch that took `seconds`. */
  add(epoch: EpochRecord, seconds: number, samplesPerSecond: number, learnt: LearntMeans = new Map()): HistoryRow {
    const row = rowOf(epoch, seconds, samplesPerSecond);
    this.rows.push(row);
    this.#learnt.set(row.epoch, learnt);
    return row;
  }

  /** The text of `history.csv`. */
  get csv(): string {
    const learnt = [...new Set([...this.#learnt.values()].flatMap((means) => [...means.keys()]))];
    const lines = this.rows.map((row) => {
      const means = learnt.map((column) => this.#learnt.get(row.epoch)?.get(column) ?? Number.NaN);
      return [...[...COLUMNS.map((column) => row[column]), ...means].map(cell), this.run].join(",");
    });
    return `${[[...COLUMNS, ...learnt, RUN].join(","), ...lines].join("\n")}\n`;
  }

  /** The epochs as points of learning curves. */
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
      ...known("decision", row[`${part}Decision`]),
      ...known("firstSpike", row[`${part}FirstSpike`]),
      ...known("count", row[`${part}Count`]),
      ...known("membrane", row[`${part}Membrane`]),
    },
    ...known("meanSquaredError", row[`${part}MeanSquaredError`]),
    ...known("rSquared", row[`${part}RSquared`]),
    spikes: { perSample: row[`${part}SpikesPerSample`] },
  };
}

/** Details of an epoch that only `history.csv` holds, not the checkpoint. */
interface EpochDetails {
  seconds: number;
  samplesPerSecond: number;
  learnt: LearntMeans;
}

/** Details of the epochs of a run by their number, as a `history.csv` has them; empty where there is no file. */
async function readDetails(file: string, run: string): Promise<Map<number, EpochDetails>> {
  let text: string;
  try {
    text = (await readPlain(file)).toString();
  } catch {
    return new Map();
  }
  const [header = "", ...lines] = text.trim().split("\n");
  const names = header.split(",");
  const cellsByRow = lines.map((line) => line.split(",")).filter((cells) => cells[names.indexOf(RUN)] === run);
  const rows = cellsByRow.map((cells) => {
    const value = (column: string) => numberIn(cells[names.indexOf(column)]);
    const learnt = new Map(names.filter((name) => LEARNT.test(name)).map((name) => [name, value(name)]));
    return [value("epoch"), { seconds: value("seconds"), samplesPerSecond: value("samplesPerSecond"), learnt }] as const;
  });
  return new Map(rows);
}

/** The row of an epoch; NaN where `seconds` or `samplesPerSecond` is not known. */
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

type Figure = "Loss" | "Decision" | "FirstSpike" | "Count" | "Membrane" | "MeanSquaredError" | "RSquared" | "SpikesPerSample";

/** The columns of metrics; NaN for figures that they do not have. */
function columnsOf<Part extends "train" | "validation">(part: Part, metrics: Metrics | null): Record<`${Part}${Figure}`, number> {
  const figures: Record<Figure, number | undefined> = {
    Loss: metrics?.loss,
    Decision: metrics?.accuracy.decision,
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
