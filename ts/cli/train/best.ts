import type { ResolvedConfig } from "../../config.js";
import { measuresOf } from "../../decisions.js";
import type { BestBy } from "../../generated/config.js";
import { readPlain } from "../../io/plain-file.node.js";
import type { Json } from "../../json.js";
import { checkpointInfo } from "../../session/checkpoint-info.js";
import type { Choices } from "../invocation.js";
import type { HistoryRow } from "./history.js";
import { parseOrigin } from "./origin.js";

type Column = keyof HistoryRow;

const COLUMNS: Readonly<Record<BestBy, Column>> = {
  decision: "validationDecision",
  firstSpike: "validationFirstSpike",
  count: "validationCount",
  membrane: "validationMembrane",
  meanSquaredError: "validationMeanSquaredError",
  loss: "validationLoss",
};

/** The column of a history by which its best epoch was chosen: that of the loss where the measure is missing. */
export function bestColumn({ loss, training }: ResolvedConfig, row: HistoryRow | undefined): Column {
  const column = COLUMNS[training.bestBy ?? measuresOf(loss as unknown as Json).trained];
  return row !== undefined && Number.isNaN(row[column]) ? COLUMNS.loss : column;
}

/** A checkpoint that may serve as the best one. */
export interface FoundBest {
  file: string;
  bytes: Uint8Array;
}

/** The first of `files` that is a checkpoint of `run` after at least one epoch; files that are not there or damaged are passed over. */
export async function findBest(files: readonly string[], run: string, choices: Choices): Promise<FoundBest | undefined> {
  for (const file of files) {
    choices.signal.throwIfAborted();
    const bytes = await readPlain(file).catch(() => undefined);
    if (bytes && (await hasEpochOf(run, bytes, file, choices))) return { file, bytes };
  }
  return undefined;
}

async function hasEpochOf(run: string, bytes: Uint8Array, file: string, { backend }: Choices): Promise<boolean> {
  try {
    const { origin, history } = await checkpointInfo(bytes, { backend });
    return history.length > 0 && parseOrigin(origin, file)?.run === run;
  } catch {
    return false;
  }
}
