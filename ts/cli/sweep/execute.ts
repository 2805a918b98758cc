import { hostname } from "node:os";
import type { Backend } from "../../runtime/backend.js";
import { loadBackend } from "../../runtime/load.node.js";
import type { RanOn, RunError, RunRecord } from "../../sweep/record.js";
import type { Run } from "../../sweep/runs.js";
import { version } from "../../version.js";
import { describe } from "../exit.js";
import { type Choices, choicesOf } from "../invocation.js";
import { taskOf } from "./configuration.js";
import { SweepFolder } from "./folder.js";
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

/** Runs the runs of a sweep one after the other and leaves their records. */
export class Execution {
  readonly #options: WorkOptions;
  readonly #signal: AbortSignal;
  readonly #folder: SweepFolder;
  #tools: Promise<{ choices: Choices & { backend: Backend }; samples: Samples }> | undefined;

  constructor(options: WorkOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#folder = new SweepFolder(options.folder);
  }

  /** A failure is a record too; only an abort is thrown. */
  async run(run: Run): Promise<RunRecord> {
    const start = performance.now();
    this.#tools ??= this.#prepared();
    const { choices, samples } = await this.#tools;
    const { kind, simd } = choices.backend;
    let record: RunRecord;
    try {
      const { id, seed, config, data } = run;
      const task = taskOf(config, this.#options.data, this.#options.threads);
      const result = await trainOnce(task, samples, choices);
      record = { id, status: "done", seed, config, data, result, ran: ranHere(start, `${kind} ${simd}`) };
    } catch (thrown) {
      this.#signal.throwIfAborted();
      record = failedRecord(run, describe(thrown), ranHere(start, `${kind} ${simd}`));
    }
    await this.#folder.add(record);
    return record;
  }

  async #prepared(): Promise<{ choices: Choices & { backend: Backend }; samples: Samples }> {
    const asked = choicesOf(this.#options, this.#signal);
    const backend = await loadBackend(asked.backend);
    return { choices: { ...asked, backend }, samples: new Samples({ backend, signal: this.#signal }) };
  }
}

export function failedRecord({ id, seed, config, data }: Run, error: RunError, ran: RanOn): RunRecord {
  return { id, status: "failed", seed, config, data, error, ran };
}

/** What ran since `start`. */
export function ranHere(start: number, backend: string): RanOn {
  return { seconds: Number(((performance.now() - start) / 1000).toFixed(3)), host: hostname(), backend, version };
}

/** Runs them in this process. */
export async function* inProcess(runs: readonly Run[], options: WorkOptions, signal: AbortSignal): AsyncGenerator<RunRecord> {
  const execution = new Execution(options, signal);
  for (const run of runs) {
    signal.throwIfAborted();
    yield execution.run(run);
  }
}
