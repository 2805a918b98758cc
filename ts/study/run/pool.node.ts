import { SpikeletError } from "../../errors.js";
import { onAbort } from "../../runtime/abort.js";
import type { RunQueue } from "./queue.node.js";
import type { Outcome, Run } from "./runs.js";
import type { EpochProgress } from "./train.js";
import { ProcessGone, WorkerProcess } from "./worker-process.node.js";

/** Processes that may end in a row before they are ready. */
const ATTEMPTS = 3;

/** The processes of a pool. */
export interface PoolOptions {
  count: number;
  /** Program that each process runs. */
  script: string;
  /** Options of the program, plain data. */
  options: object;
  /** Hears of each epoch of each run, where the program tells. */
  onEpoch?: ((run: Run, epoch: EpochProgress) => void) | undefined;
}

/**
 * Does the runs of a queue in several processes. One that dies takes its run with it, which leaves no record; another takes its
 * place. When the signal is raised or a record can't be written, the processes are ended before the error is thrown.
 */
export function inProcesses(queue: RunQueue, { count, ...own }: PoolOptions, signal: AbortSignal): AsyncIterable<Outcome> {
  // Ends the other lanes when one fails.
  const stop = new AbortController();
  const pool: Pool = { queue, ...own, signal: AbortSignal.any([signal, stop.signal]) };
  let lanes: Promise<unknown> = Promise.resolve();
  return new ReadableStream<Outcome>({
    start(controller) {
      const lane = () => work(pool, (outcome) => controller.enqueue(outcome)).catch((thrown) => stop.abort(thrown));
      lanes = Promise.all(Array.from({ length: Math.min(count, queue.length) }, lane)).then(() => {
        if (pool.signal.aborted) controller.error(pool.signal.reason);
        else controller.close();
      });
    },
    async cancel(reason) {
      stop.abort(reason ?? new Error("nobody takes the outcomes"));
      await lanes.catch(() => undefined);
    },
  });
}

interface Pool extends Omit<PoolOptions, "count"> {
  queue: RunQueue;
  signal: AbortSignal;
}

/** One run after the other, in one process as long as it lives. */
async function work(pool: Pool, emit: (outcome: Outcome) => void): Promise<void> {
  const { queue, signal } = pool;
  let worker: WorkerProcess | undefined;
  const leave = onAbort(signal, () => worker?.kill());
  try {
    for (let run = await queue.next(signal); run !== undefined; run = await queue.next(signal)) {
      try {
        for (let attempt = 1; !worker?.isReady; attempt++) {
          // The signal ended the process that was there; nobody would end one that starts now.
          signal.throwIfAborted();
          worker = new WorkerProcess(pool.script);
          await prepared(worker, pool, attempt);
        }
        emit(await outcomeOf(run, worker, pool));
      } finally {
        // What works at the run ends before its claim does.
        if (signal.aborted) await worker?.kill();
        queue.finish(run);
      }
    }
  } finally {
    leave();
    await worker?.kill();
  }
}

/** A process that ends while it starts costs no run, unless the next ones do so too. */
async function prepared(worker: WorkerProcess, { options, signal }: Pool, attempt: number): Promise<void> {
  try {
    await worker.prepare(options);
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof ProcessGone)) throw thrown;
    if (attempt === ATTEMPTS)
      throw new SpikeletError("INTERNAL", "", `no process of the pool gets ready: ${thrown.message}`, thrown);
  }
}

async function outcomeOf(run: Run, worker: WorkerProcess, { queue, signal, onEpoch }: Pool): Promise<Outcome> {
  let lost = "its process left no record";
  try {
    await worker.run(run, queue.placeOf(run), (epoch) => onEpoch?.(run, epoch));
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof ProcessGone)) throw thrown;
    lost = thrown.message;
    await worker.kill();
  }
  // The folder knows what was done, whatever a process says or does not live to say.
  const record = await queue.recordOf(run);
  return record === undefined ? { run, lost } : { run, record };
}
