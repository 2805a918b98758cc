import { existsSync } from "node:fs";
import type { Split } from "../../datasets/dataset.js";
import type { DataSupply } from "../../experiments/engine.js";
import type { ExperimentData } from "../../experiments/experiment.js";
import type { Json } from "../../json.js";
import type { BackendChoice } from "../../runtime/backend.js";
import { type DataSource, dataSource, loadSplit } from "../data.js";
import { isSetName, SETS, type SetName } from "../sets.js";
import { defaultFolder } from "../store/folder.js";

/** The data sets of the command line, for experiments. */
export class CliSupply implements DataSupply {
  readonly #folder: string | undefined;
  readonly #backend: BackendChoice;
  readonly #signal: AbortSignal;

  /** @param folder `--data`, for the data set that is read from a folder. */
  constructor(folder: string | undefined, backend: BackendChoice, signal: AbortSignal) {
    this.#folder = folder;
    this.#backend = backend;
    this.#signal = signal;
  }

  isAtHand({ dataset }: ExperimentData): boolean {
    if (!isSetName(dataset)) return false;
    return !SETS[dataset].isRead || this.#folder !== undefined || existsSync(defaultFolder(dataset));
  }

  load(data: ExperimentData, steps: number): Promise<Split> {
    const name = data.dataset as SetName;
    const source: DataSource = {
      ...dataSource({ dataset: name, ...(SETS[name].isRead && this.#folder !== undefined ? { data: this.#folder } : {}) }),
      options: (data.options ?? {}) as { [key: string]: Json },
      ...(data.encoding === undefined ? {} : { encoding: data.encoding }),
    };
    return loadSplit(source, { backend: this.#backend, steps, signal: this.#signal });
  }
}
