import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../../sweep/record.js";
import type { Run } from "../../sweep/runs.js";
import { failedRecord, ranHere, type WorkOptions } from "./execute.js";
import { SweepFolder } from "./folder.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

/** What a worker process is told: first how to work, then one run after the other. */
export type ToWorker = { options: WorkOptions } | { run: Run };

/**
 * Runs them in several processes. One that dies takes its run with it, which is recorded as failed; another takes its place.
 */
export async function* inProcesses(
  runs: readonly Run[],
  count: number,
  options: WorkOptions,
  signal: AbortSignal,
): AsyncGenerator<RunRecord> {
  const waiting = [...runs];
  const working = new Set<Worker>();
  const lost = new SweepFolder(options.folder);
  const busy = new Map<Worker, Promise<{ worker: Worker; record: RunRecord }>>();
  const next = (worker: Worker) => {
    const run = waiting.shift();
    if (run === undefined) worker.end();
    else
      busy.set(
        worker,
        worker.run(run).then((record) => ({ worker, record })),
      );
  };
  const start = () => {
    const worker = new Worker(options, lost);
    working.add(worker);
    next(worker);
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  try {
    signal.throwIfAborted();
    for (let k = 0; k < Math.min(count, runs.length); k++) start();
    while (busy.size > 0) {
      const { worker, record } = await Promise.race([stopped, ...busy.values()]);
      busy.delete(worker);
      if (worker.isAlive) next(worker);
      else if (waiting.length > 0) start();
      yield record;
    }
  } finally {
    for (const worker of working) worker.kill();
  }
}

/** One process of the pool. */
class Worker {
  readonly #process: ChildProcess;
  readonly #lost: SweepFolder;
  #settle: (answer: RunRecord | string) => void = () => undefined;
  isAlive = true;

  constructor(options: WorkOptions, lost: SweepFolder) {
    this.#process = fork(WORKER, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#lost = lost;
    this.#process.on("message", (record) => this.#settle(record as RunRecord));
    this.#process.once("exit", (code, signal) => {
      this.isAlive = false;
      this.#settle(signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`);
    });
    this.#tell({ options });
  }

  async run(run: Run): Promise<RunRecord> {
    const start = performance.now();
    const answer = await new Promise<RunRecord | string>((resolve) => {
      this.#settle = resolve;
      this.#tell({ run });
    });
    if (typeof answer !== "string") return answer;
    const error = { code: "INTERNAL", path: "", message: answer };
    const record = failedRecord(run, error, ranHere(start, "unknown"));
    await this.#lost.add(record);
    return record;
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  /** Ends it in the middle of a run, which leaves no record then. */
  kill(): void {
    this.#settle = () => undefined;
    this.#process.kill("SIGKILL");
  }

  #tell(message: ToWorker): void {
    // A process that is gone is noticed by its exit.
    this.#process.send(message, () => undefined);
  }
}
