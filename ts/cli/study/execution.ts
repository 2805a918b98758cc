import { hostname } from "node:os";
import { loadBackend } from "../../runtime/load.node.js";
import { type ExecuteOptions, execute } from "../../study/run/execute.js";
import type { Run } from "../../study/run/runs.js";
import { Samples } from "../../study/run/samples.js";
import type { TrainOptions } from "../../study/run/train.js";
import type { RunRecord } from "../../study/store/record.js";
import { StudyFolder } from "../../study/store/study-folder.node.js";
import { choicesOf } from "../invocation.js";
import { CliSupply } from "./supply.js";

/** How the processes of a study work; plain, so that it can be sent to them. */
export interface WorkOptions {
  folder: string;
  /** Where the data lie on this machine. */
  data?: string | undefined;
  backend?: string | undefined;
  simd?: string | undefined;
  threads: number | "auto";
  /** Whether they tell of each epoch. */
  tellsEpochs: boolean;
}

/** Does the runs of a study one after the other and leaves their records. */
export class Execution {
  readonly #options: WorkOptions;
  readonly #signal: AbortSignal;
  readonly #folder: StudyFolder;
  #prepared: Promise<ExecuteOptions> | undefined;

  constructor(options: WorkOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#folder = new StudyFolder(options.folder);
  }

  /**
   * Loads what every run needs.
   *
   * @throws {SpikeletError} `BACKEND_UNAVAILABLE`, `SIMD_UNSUPPORTED`.
   */
  async prepare(): Promise<void> {
    this.#prepared ??= this.#load();
    await this.#prepared;
  }

  /**
   * A run that fails leaves a record too.
   *
   * @throws {SpikeletError} `WRITE_FAILED` when there is no record, and the reason of the signal.
   */
  async run(run: Run, onEpoch: TrainOptions["onEpoch"]): Promise<RunRecord> {
    this.#prepared ??= this.#load();
    const heard = this.#options.tellsEpochs ? { onEpoch } : {};
    const record = await execute(run, { ...(await this.#prepared), ...heard });
    await this.#folder.add(record);
    return record;
  }

  async #load(): Promise<ExecuteOptions> {
    const { data, threads, simd } = this.#options;
    const asked = choicesOf(this.#options, this.#signal);
    const backend = await loadBackend(asked.backend);
    const create = { ...asked, backend };
    const samples = new Samples(new CliSupply(data, create));
    return { samples, create, threads, backend: `${backend.kind} ${simd ?? backend.simd}`, host: hostname() };
  }
}
