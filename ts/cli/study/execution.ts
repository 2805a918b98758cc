import { hostname } from "node:os";
import { loadBackend } from "../../runtime/load.node.js";
import { type ExecuteOptions, execute } from "../../study/run/execute.js";
import type { Run } from "../../study/run/runs.js";
import { Samples } from "../../study/run/samples.js";
import type { RunRecord } from "../../study/store/record.js";
import { StudyFolder } from "../../study/store/study-folder.node.js";
import { choicesOf } from "../invocation.js";
import { CliSupply } from "./supply.js";

/** Options of the processes of a study: plain data, which can be sent to them. */
export interface WorkOptions {
  folder: string;
  /** Folder of the data on this machine. */
  data?: string | undefined;
  backend?: string | undefined;
  simd?: string | undefined;
  threads: number | "auto";
  /** Whether the processes report each epoch. */
  tellsEpochs: boolean;
  /** Commit of the program, for the records. */
  commit?: string | undefined;
}

/**
 * Does a run and leaves its record, also when it fails.
 *
 * @throws {SpikeletError} `WRITE_FAILED` when there is no record, `FOLDER_IN_USE` when another process took over the run, whose
 * lease has the place, and the reason of the signal.
 */
export type Executor = (run: Run, place: string, onEpoch: ExecuteOptions["onEpoch"]) => Promise<RunRecord>;

/**
 * Loads what every run needs.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
 */
export async function executorOf(options: WorkOptions, signal: AbortSignal): Promise<Executor> {
  const { folder, data, threads, simd, tellsEpochs, commit } = options;
  const choices = choicesOf(options, signal);
  const backend = await loadBackend(choices.backend);
  const create = { ...choices, backend };
  const samples = new Samples(new CliSupply(data, create));
  const where = { threads, backend: `${backend.kind} ${simd ?? backend.simd}`, host: hostname(), commit };
  return async (run, place, onEpoch) => {
    const record = await execute(run, { samples, create, ...where, onEpoch: tellsEpochs ? onEpoch : undefined });
    await new StudyFolder(folder).add(record, place);
    return record;
  };
}
