import { existsSync } from "node:fs";
import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import type { SplitOptions } from "../../datasets/split.js";
import { isObject, type JsonObject } from "../../json.js";
import type { BackendChoice } from "../../runtime/backend.js";
import type { Plan } from "../../study/plan/plan.js";
import { configurationsOf } from "../../study/run/runs.js";
import type { DataSupply } from "../../study/run/samples.js";
import { type DataSource, dataSource, loadData, parseDataSection, splitOf } from "../data.js";
import { defaultFolder } from "../download/folder.js";
import { UsageError } from "../exit.js";
import { isSetName, SETS, takesPlace } from "../sets.js";

/** @throws {UsageError} for a plan that reads several data sets, which no single folder holds. */
export function requireOneFolder(plan: Plan): void {
  const named = [...configurationsOf(plan)].map(({ data }) => (isObject(data) ? data["dataset"] : undefined));
  const read = [...new Set(named)].filter((name) => isSetName(name) && SETS[name].isRead);
  if (read.length < 2) return;
  const fetched = read.map((name) => `spikelet data fetch ${name}`).join(", ");
  throw new UsageError(`--data names one folder, but the plan reads ${read.join(" and ")}: ${fetched}, then leave --data out`);
}

/** The data sets of the command line, for studies. */
export class CliSupply implements DataSupply {
  readonly #folder: string | undefined;
  readonly #options: { backend: BackendChoice; signal: AbortSignal };

  /** @param folder `--data`, for the data set that is read from a folder. */
  constructor(folder: string | undefined, { backend, signal }: { backend: BackendChoice; signal: AbortSignal }) {
    this.#folder = folder;
    this.#options = { backend, signal };
  }

  /** Whether a data set can be loaded here. */
  isAtHand({ dataset }: { dataset: string }): boolean {
    if (!isSetName(dataset)) return false;
    return !SETS[dataset].isRead || this.#folder !== undefined || existsSync(defaultFolder(dataset));
  }

  load(section: JsonObject, steps: number): Promise<SpikeDataset> {
    return loadData(this.#sourceOf(section), { ...this.#options, steps });
  }

  split(section: JsonObject, data: SpikeDataset, sizes: Pick<SplitOptions, "validation"> = {}): Split {
    return splitOf(this.#sourceOf(section), data, sizes);
  }

  #sourceOf(section: JsonObject): DataSource {
    const known = parseDataSection(section, ".");
    // `--data` does not concern a data set that is drawn.
    const isDrawn = known.dataset !== undefined && !takesPlace(known.dataset);
    return dataSource(isDrawn ? {} : { data: this.#folder }, known);
  }
}
