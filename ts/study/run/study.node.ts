import { SpikeletError } from "../../errors.js";
import { ARITHMETIC } from "../../generated/arithmetic.js";
import type { Plan } from "../plan/plan.js";
import { type Shard, shareOf } from "../plan/shard.js";
import { arithmeticOf, arithmeticText } from "../store/arithmetic.js";
import type { RunRecord } from "../store/record.js";
import type { StudyFolder } from "../store/study-folder.node.js";
import { RunQueue } from "./queue.node.js";
import { type Outcome, type Run, runsOf } from "./runs.js";
import { recordsById } from "./table.js";

/** The plan to run, and how its runs are executed. */
export interface StudyOptions {
  plan: Plan;
  /** SHA-256 of the samples by `dataKey`. */
  hashes: ReadonlyMap<string, string>;
  folder: StudyFolder;
  shard: Shard;
  /** Whether runs that failed are run again. */
  retry: boolean;
  execute: (queue: RunQueue) => AsyncIterable<Outcome>;
  /** Called with remarks for the reader. */
  say?: (message: string) => void;
}

/** The outcome of a run, the k-th of `count`. */
export interface Ended {
  outcome: Outcome;
  k: number;
  count: number;
}

/**
 * Does the runs that have no record yet, rung by rung; ends early where a rung needs the records of other shards.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` where runs are missing beside some of another arithmetic.
 */
export async function* runStudy(options: StudyOptions): AsyncGenerator<Ended, void, undefined> {
  const { plan, hashes, folder, shard, retry, execute, say } = options;
  const tried = new Set<string>();
  for (;;) {
    const stored = await folder.records();
    const records = recordsById(stored.records);
    const { runs, isOpen } = await runsOf(plan, hashes, (id) => records.get(id));
    const share = shareOf(runs, shard);
    const todo = share.filter(({ id }) => {
      const known = records.get(id);
      return !tried.has(id) && (known === undefined || (retry && known.status === "failed"));
    });
    if (todo.length === 0) {
      if (isOpen) say?.("the next rung needs the records of all shards: run this again when they are there");
      return;
    }
    refuseOtherArithmetic(
      runs.flatMap(({ id }) => records.get(id) ?? []),
      folder.dir,
    );
    if (tried.size === 0) for (const { message } of stored.damaged) say?.(`${message}: the run is done again`);
    const queue = new RunQueue(todo, folder, records);
    let ended = share.length - todo.length;
    for await (const outcome of execute(queue)) {
      ended += 1;
      yield { outcome, k: ended + queue.doneElsewhere, count: share.length };
    }
    for (const { id } of todo) tried.add(id);
  }
}

/**
 * Refuses to add to runs of another arithmetic: a mean over both would be reproducible with neither.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` that names the folder.
 */
function refuseOtherArithmetic(records: readonly RunRecord[], dir: string): void {
  const others = arithmeticOf(records).filter((number) => number !== ARITHMETIC);
  if (others.length === 0) return;
  const what = `holds runs of ${arithmeticText(others)}, and this is ${arithmeticText([ARITHMETIC])}, whose results differ in their bits`;
  throw new SpikeletError("CONFIG_INVALID", dir, `${what}: give another --out, or go on with the version that began`);
}

/** The reason why this process left no record: another process has taken over the run. Any other error is thrown. */
function takenOver(thrown: unknown): string {
  if (thrown instanceof SpikeletError && thrown.code === "FOLDER_IN_USE") return thrown.message;
  throw thrown;
}

/** Does the runs of a queue in this process. */
export async function* inProcess(
  queue: RunQueue,
  executed: (run: Run, place: string) => Promise<RunRecord>,
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  for (let run = await queue.next(signal); run !== undefined; run = await queue.next(signal)) {
    try {
      yield await executed(run, queue.placeOf(run)).then(
        (record) => ({ run, record }),
        (thrown) => ({ run, lost: takenOver(thrown) }),
      );
    } finally {
      queue.finish(run);
    }
  }
}
