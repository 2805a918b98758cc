import { availableParallelism } from "node:os";
import { UsageError } from "../../cli/exit.js";
import { choicesOf } from "../../cli/invocation.js";
import { perform } from "../../cli/study/perform.js";
import { CliSupply } from "../../cli/study/supply.js";
import { waitText } from "../../cli/study/text.js";
import { heartbeatWarning } from "../../cli/train/output.js";
import { SpikeletError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import { parsePlan } from "../plan/plan.js";
import { parseShard, WHOLE } from "../plan/shard.js";
import { mergeInto } from "../report/merge.node.js";
import { type Run, runName } from "../run/runs.js";
import type { Ended } from "../run/study.node.js";
import type { EpochProgress } from "../run/train.js";
import type { RunRecord } from "../store/record.js";
import { readStudy, type StudyResults } from "./read.node.js";

/** Options of {@link sweep}. */
export interface SweepOptions {
  /** Folder for the records; runs with a record in it are skipped. */
  out: string;
  /** Name of the study; `"study"` unless given. */
  name?: string;
  /** Processes that train at the same time; one for each core by default, 0 for none but this one. */
  processes?: number;
  /** Threads of each run; 1 by default, `"auto"` without further processes. */
  threads?: number | "auto";
  /** Part of the runs for this machine: `"2/8"`, or `"auto/8"` with the number from Slurm, Kubernetes or GNU parallel. */
  shard?: string;
  /** Whether runs that failed are run again. */
  retry?: boolean;
  /** Where the data of the plan lie; by default where `spikelet data fetch` puts them. */
  data?: string;
  /** The addon where there is one, unless given. */
  backend?: "auto" | "native" | "wasm";
  /** SIMD level; the best of the machine unless given. */
  simd?: string;
  /** Commit of the program that runs the plan, for the records. */
  commit?: string;
  /** Ends the sweep; what has a record is kept. */
  signal?: AbortSignal;
  /** Called with every event of the sweep. */
  onEvent?: (event: SweepEvent) => void;
}

/** An event of a sweep. */
export type SweepEvent =
  /** A run has learnt for another epoch. */
  | (EventOfRun & { type: "epoch"; progress: EpochProgress })
  /** A run is over, the `index`-th of `count`, from 1. */
  | (EventOfRun & { type: "run"; index: number; count: number; record: RunRecord })
  /** The process of a run ended before it left a record: the same call runs it again. */
  | (EventOfRun & { type: "lost"; index: number; count: number; reason: string })
  /** Something that the reader should know. */
  | { type: "note"; message: string };

/** The run that an event belongs to. */
export interface EventOfRun extends Pick<Run, "id" | "settings" | "seed"> {
  /** Settings and seed in a line. */
  name: string;
}

/**
 * Trains once for each combination of settings and seeds of a plan, as `spikelet sweep` does with the plan of a file, and writes
 * tables, figures and a page unless it is a shard. `config` of the plan is an object here, such as one of `presets`.
 *
 * @returns what {@link readStudy} reads of the folder then.
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field for a plan or an option that can't be used, `DATA_FORMAT` for its
 * data, `WRITE_FAILED` where nothing can be recorded; the reason of the signal.
 */
export async function sweep(plan: JsonObject, options: SweepOptions): Promise<StudyResults> {
  const { out, name = "study", processes = availableParallelism(), retry = false, data, simd, commit, onEvent } = options;
  const { signal = new AbortController().signal, threads = processes > 0 ? 1 : "auto" } = options;
  const shard = options.shard === undefined ? WHOLE : parseShard(options.shard, process.env);
  const tell = (event: SweepEvent) => onEvent?.(event);
  const say = (message: string) => tell({ type: "note", message });
  const named = { name, plan: parsePlan(plan), json: plan };
  const wait = {
    signal,
    onWait: (owner: string) => say(waitText(out, owner)),
    onHeartbeatFailed: (why: string) => say(heartbeatWarning(out, why)),
  };
  const namesOf = (run: Run): EventOfRun => {
    return { id: run.id, settings: run.settings, seed: run.seed, name: runName(run, named.plan) };
  };
  const onEnd = ({ outcome, k: index, count }: Ended) => {
    const place = { ...namesOf(outcome.run), index, count };
    tell(
      "lost" in outcome ? { type: "lost", ...place, reason: outcome.lost } : { type: "run", ...place, record: outcome.record },
    );
  };
  try {
    const choices = choicesOf({ backend: options.backend, simd, threads }, signal);
    const work = { folder: out, data, backend: options.backend, simd, threads, tellsEpochs: onEvent !== undefined, commit };
    await perform(
      { named, processes, shard, retry, options: work, choices, wait },
      {
        onEpoch: (run, progress) => tell({ type: "epoch", ...namesOf(run), progress }),
        onEnd,
        say,
      },
    );
  } catch (thrown) {
    throw thrown instanceof UsageError ? new SpikeletError("CONFIG_INVALID", "options", thrown.message, thrown) : thrown;
  }
  if (shard === WHOLE) await mergeInto(out, [out], wait);
  return readStudy(out);
}

/**
 * Whether a data set of the command line can be loaded here: it is drawn, it was fetched, or it is in a folder.
 *
 * @param dataset name, as in `data.dataset` of a plan.
 * @param folder where it lies, if it is not where `spikelet data fetch` puts it.
 */
export function isDataAtHand(dataset: string, folder?: string): boolean {
  return new CliSupply(folder, { backend: "auto", signal: new AbortController().signal }).isAtHand({ dataset });
}
