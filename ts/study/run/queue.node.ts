import { setTimeout as pause } from "node:timers/promises";
import { isSameRecord, type RunRecord } from "../store/record.js";
import type { StudyFolder } from "../store/study-folder.node.js";
import type { Run } from "./runs.js";

/** Milliseconds between two looks at the claims of other processes. */
const POLL = 500;

/**
 * Hands out the runs of a study that no other process works at. Runs that another process has claimed come last: by then that
 * process has left a record, or is gone.
 */
export class RunQueue {
  readonly #waiting: Run[];
  readonly #folder: StudyFolder;
  readonly #known: ReadonlyMap<string, RunRecord>;
  #refused = 0;
  #doneElsewhere = 0;

  /** @param known existing records to be replaced, which are those of failed runs. */
  constructor(runs: readonly Run[], folder: StudyFolder, known: ReadonlyMap<string, RunRecord> = new Map()) {
    this.#waiting = [...runs];
    this.#folder = folder;
    this.#known = known;
  }

  /** Number of runs that have not been handed out. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Number of runs that turned out to have a record from another process. */
  get doneElsewhere(): number {
    return this.#doneElsewhere;
  }

  /**
   * Claims the next run; `undefined` when there are no more. Waits while others have claimed all that are left.
   *
   * @throws the reason of the signal.
   */
  async next(signal: AbortSignal): Promise<Run | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const run = this.#waiting.shift();
      if (run === undefined) return undefined;
      if (await this.#folder.claim(run.id)) {
        this.#refused = 0;
        if ((await this.recordOf(run)) === undefined) return run;
        this.#doneElsewhere += 1;
        this.#folder.release(run.id);
        continue;
      }
      this.#waiting.push(run);
      this.#refused += 1;
      if (this.#refused < this.#waiting.length) continue;
      this.#refused = 0;
      await pause(POLL, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** The record that a run has left since the queue was made. */
  async recordOf({ id }: Run): Promise<RunRecord | undefined> {
    const record = await this.#folder.record(id);
    const before = this.#known.get(id);
    return record !== undefined && before !== undefined && isSameRecord(record, before) ? undefined : record;
  }

  /** The place of the lease of a run that was handed out, from which its record is written. */
  placeOf({ id }: Run): string {
    return this.#folder.placeOf(id);
  }

  /** Ends the claim of a run. */
  finish({ id }: Run): void {
    this.#folder.release(id);
  }
}
