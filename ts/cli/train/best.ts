import type { BestBy } from "../../generated/config.js";
import { readPlain } from "../../io/plain-file.node.js";
import { restoreTrainer } from "../../trainer.js";
import type { Choices } from "../invocation.js";
import { type HistoryRow, rowOf } from "./history.js";
import { parseOrigin } from "./origin.js";

const COLUMNS: Readonly<Record<BestBy, keyof HistoryRow>> = {
  firstSpike: "validationFirstSpike",
  count: "validationCount",
  membrane: "validationMembrane",
  meanSquaredError: "validationMeanSquaredError",
  loss: "validationLoss",
};

/** The epoch that `best.safetensors` holds: the best by validation, the earliest of equals; the latest where nothing is validated. */
export class BestEpoch {
  /** The column that chooses. */
  readonly column: keyof HistoryRow;
  /** `undefined` while there is none. */
  row: HistoryRow | undefined;
  readonly #sign: 1 | -1;

  constructor(by: BestBy, row?: HistoryRow) {
    this.column = COLUMNS[by];
    this.#sign = by === "loss" || by === "meanSquaredError" ? -1 : 1;
    this.row = row;
  }

  /** Whether an epoch takes the place of the one before. */
  isBeatenBy(row: HistoryRow): boolean {
    const score = this.#score(row);
    return Number.isNaN(score) || this.row === undefined || !(score <= this.#score(this.row));
  }

  #score(row: HistoryRow): number {
    return this.#sign * row[this.column];
  }
}

/** A checkpoint that may serve as the best one. */
export interface FoundBest {
  file: string;
  bytes: Uint8Array;
  row: HistoryRow;
}

/** The first of `files` that is a checkpoint of `run` after at least one epoch; files that are not there or damaged are passed over. */
export async function findBest(files: readonly string[], run: string, choices: Choices): Promise<FoundBest | undefined> {
  for (const file of files) {
    choices.signal.throwIfAborted();
    const bytes = await readPlain(file).catch(() => undefined);
    const row = bytes && (await lastEpoch(bytes, file, run, choices));
    if (bytes && row) return { file, bytes, row };
  }
  return undefined;
}

async function lastEpoch(bytes: Uint8Array, file: string, run: string, choices: Choices): Promise<HistoryRow | undefined> {
  try {
    using trainer = await restoreTrainer(bytes, choices);
    const record = (await trainer.history()).at(-1);
    return parseOrigin(trainer.info.origin, file)?.run === run && record ? rowOf(record) : undefined;
  } catch {
    return undefined;
  }
}
