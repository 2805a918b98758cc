import { hostname } from "node:os";
import type { Backend } from "../../runtime/backend.js";
import { loadBackend } from "../../runtime/load.node.js";
import type { RanOn, RunRecord } from "../../sweep/record.js";
import type { Run } from "../../sweep/runs.js";
import { version } from "../../version.js";
import { describe } from "../exit.js";
import { type Choices, choicesOf } from "../invocation.js";
import { taskOf } from "./configuration.js";
import { SweepFolder } from "./folder.js";
import type { RunQueue } from "./queue.js";
import { Samples } from "./samples.js";
import { trainOnce } from "./train.js";

/** How the processes of a sweep work; plain, so that it can be sent to them. */
export interface WorkOptions {
  folder: string;
  /** Where the data lie on this machine. */
  data?: string | undefined;
  backend?: string | undefined;
  simd?: string | undefined;
  threads: number | "auto";
}

/** What became of a run: its record is in the folder, or its process ended before there was one. */
export type Outcome = { run: Run; record: RunRecord } | { run: Run; lost: string };

interface Tools {
  choices: Choices & { backend: Backend };
  samples: Samples;
}

/** Does the runs of a sweep one after the other and leaves their records. */
export class Execution {
  readonly #options: WorkOptions;
  readonly #signal: AbortSignal;
  readonly #folder: SweepFolder;
  #tools: Promise<Tools> | undefined;

  constructor(options: WorkOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#folder = new SweepFolder(options.folder);
  }

  /**
   * Loads what every run needs.
   *
   * @throws {SpikeletError} `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
   */
  prepare(): Promise<Tools> {
    this.#tools ??= this.#prepared();
    return this.#tools;
  }

  /**
   * A run that fails leaves a record too.
   *
   * @throws {SpikeletError} `WRITE_FAILED` when there is no record, and the reason of the signal.
   */
  async run(run: Run): Promise<RunRecord> {
    const start = performance.now();
    const { choices, samples } = await this.prepare();
    const { id, seed, config, data } = run;
    let outcome: Pick<RunRecord, "status" | "result" | "error">;
    try {
      const task = taskOf(config, this.#options.data, this.#options.threads);
      outcome = { status: "done", result: await trainOnce(task, samples, choices) };
    } catch (thrown) {
      this.#signal.throwIfAborted();
      outcome = { status: "failed", error: describe(thrown) };
    }
    const { kind, simd } = choices.backend;
    const { status, ...rest } = outcome;
    const record: RunRecord = { id, status, seed, config, data, ...rest, ran: ranHere(start, `${kind} ${simd}`) };
    await this.#folder.add(record);
    return record;
  }

  async #prepared(): Promise<Tools> {
    const asked = choicesOf(this.#options, this.#signal);
    const backend = await loadBackend(asked.backend);
    return { choices: { ...asked, backend }, samples: new Samples({ backend, signal: this.#signal }) };
  }
}

/** What ran since `start`. */
function ranHere(start: number, backend: string): RanOn {
  return { seconds: Number(((performance.now() - start) / 1000).toFixed(3)), host: hostname(), backend, version };
}

/** Does the runs of a queue in this process. */
export async function* inProcess(queue: RunQueue, options: WorkOptions, signal: AbortSignal): AsyncGenerator<Outcome> {
  const execution = new Execution(options, signal);
  for (let run = await queue.next(signal); run !== undefined; run = await queue.next(signal)) {
    try {
      yield { run, record: await execution.run(run) };
    } finally {
      await queue.finish(run);
    }
  }
}
