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
  /** Called with each epoch of each run, where the program reports them. */
  onEpoch?: ((run: Run, epoch: EpochProgress) => void) | undefined;
}

/**
 * Does the runs of a queue in several processes. A run whose process dies leaves no record, and a new process takes over the queue.
 * When the signal is raised or a record can't be written, the processes are ended before the error is thrown.
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

/** Does one run after the other, in one process as long as that lives. */
async function work(pool: Pool, emit: (outcome: Outcome) => void): Promise<void> {
  const { queue, signal } = pool;
  let worker: WorkerProcess | undefined;
  const stopListening = onAbort(signal, () => worker?.kill());
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
    stopListening();
    await worker?.kill();
  }
}

/** Waits until a process is ready. One that ends before costs no run, unless the next ones end too. */
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
  // What counts is the record in the folder, not the answer of the process.
  const record = await queue.recordOf(run);
  return record === undefined ? { run, lost } : { run, record };
}
