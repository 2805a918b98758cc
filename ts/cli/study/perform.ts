import { fileURLToPath } from "node:url";
import type { Shard } from "../../study/plan/shard.js";
import { checkFigures } from "../../study/report/figures.js";
import { inProcesses } from "../../study/run/pool.node.js";
import { dataHashes } from "../../study/run/prepare.js";
import type { RunQueue } from "../../study/run/queue.node.js";
import type { Run } from "../../study/run/runs.js";
import { Samples } from "../../study/run/samples.js";
import { type Ended, inProcess, runStudy } from "../../study/run/study.node.js";
import type { EpochProgress } from "../../study/run/train.js";
import { type NamedPlan, StudyFolder, type WaitOptions } from "../../study/store/study-folder.node.js";
import type { Choices } from "../invocation.js";
import { refuseBesideRun } from "../train/output.js";
import { executorOf, type WorkOptions } from "./execution.js";
import { CliSupply, requireOneFolder } from "./supply.js";

/** A study, and how its runs are done. */
export interface StudyWork {
  named: NamedPlan;
  /** Processes that train at the same time; 0 for none but this one. */
  processes: number;
  shard: Shard;
  /** Whether runs that failed are run again. */
  retry: boolean;
  options: WorkOptions;
  choices: Choices;
  wait: WaitOptions;
}

/** Listener to a study while it runs. */
export interface StudyListener {
  onEpoch(run: Run, epoch: EpochProgress): void;
  onEnd(ended: Ended): void;
  say(message: string): void;
}

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

/**
 * Runs the runs of a plan that have no record in the folder.
 *
 * @throws {SpikeletError} for a plan or data that can't be used, before the first run; the reason of the signal.
 */
export async function perform(work: StudyWork, listener: StudyListener): Promise<void> {
  const { named, processes, shard, retry, options, choices, wait } = work;
  const { plan } = named;
  const { data } = options;
  refuseBesideRun(options.folder);
  checkFigures(plan);
  if (data !== undefined) requireOneFolder(plan);
  const hashes = await dataHashes(plan, new Samples(new CliSupply(data, choices)), choices);
  const folder = new StudyFolder(options.folder);
  await folder.begin(named, hashes, wait);
  const executor = await executorOf(options, choices.signal);
  const onEpoch = (run: Run, epoch: EpochProgress) => listener.onEpoch(run, epoch);
  const execute = (queue: RunQueue) =>
    processes > 0
      ? inProcesses(queue, { count: processes, script: WORKER, options, onEpoch }, choices.signal)
      : inProcess(queue, (run, place) => executor(run, place, (epoch) => onEpoch(run, epoch)), choices.signal);
  try {
    for await (const ended of runStudy({
      plan,
      hashes,
      folder,
      shard,
      retry,
      execute,
      say: (message) => listener.say(message),
    })) {
      listener.onEnd(ended);
    }
  } finally {
    // What can't be removed is left to the next command; it must not hide why this one fails.
    await folder.tidy().catch(() => undefined);
  }
}
