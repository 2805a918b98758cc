import { SpikeletError } from "../../errors.js";
import type { Run } from "../../sweep/runs.js";
import type { Outcome, WorkOptions } from "./execute.js";
import type { RunQueue } from "./queue.js";
import { ProcessGone, WORKER, WorkerProcess } from "./worker-process.js";

/** Processes that may end in a row before they are ready. */
const ATTEMPTS = 3;

/**
 * Does the runs of a queue in several processes. One that dies takes its run with it, which leaves no record; another takes its
 * place. When the signal is raised or a record can't be written, the processes are ended before the error is thrown.
 *
 * @param script the program of the processes.
 */
export function inProcesses(
  queue: RunQueue,
  count: number,
  options: WorkOptions,
  signal: AbortSignal,
  script = WORKER,
): AsyncIterable<Outcome> {
  // Ends the other lanes when one fails.
  const stop = new AbortController();
  const pool: Pool = { queue, options, script, signal: AbortSignal.any([signal, stop.signal]) };
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

interface Pool {
  queue: RunQueue;
  options: WorkOptions;
  script: string;
  signal: AbortSignal;
}

/** One run after the other, in one process as long as it lives. */
async function work(pool: Pool, emit: (outcome: Outcome) => void): Promise<void> {
  const { queue, signal } = pool;
  let worker: WorkerProcess | undefined;
  const kill = () => worker?.kill();
  signal.addEventListener("abort", kill);
  try {
    for (let run = await queue.next(signal); run !== undefined; run = await queue.next(signal)) {
      try {
        for (let attempt = 1; !worker?.isReady; attempt++) {
          worker = new WorkerProcess(pool.script);
          await prepared(worker, pool, attempt);
        }
        emit(await outcomeOf(run, worker, pool));
      } finally {
        // What works at the run ends before its claim does.
        if (signal.aborted) await worker?.kill();
        await queue.finish(run);
      }
    }
  } finally {
    signal.removeEventListener("abort", kill);
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
      throw new SpikeletError("INTERNAL", "", `no process of the sweep gets ready: ${thrown.message}`, thrown);
  }
}

async function outcomeOf(run: Run, worker: WorkerProcess, { queue, signal }: Pool): Promise<Outcome> {
  let lost = "its process left no record";
  try {
    await worker.run(run);
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
