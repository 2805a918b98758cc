import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecordStore } from "../../experiments/engine.js";
import type { Experiment, Scale } from "../../experiments/experiment.js";
import { pictures } from "../../experiments/pictures.js";
import type { RunRecord } from "../../experiments/record.js";
import { experimentPage } from "../../experiments/report.js";
import { runsCsv, summaryCsv } from "../../experiments/tables.js";
import { save } from "../../io/files.node.js";
import { loadPlots } from "../../report/plots.js";
import { openOutput } from "../train/output.js";

/** The folder of an experiment: a file for each finished run, and what is drawn from them. */
export class ExperimentFolder implements RecordStore {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async open(dir: string): Promise<ExperimentFolder> {
    await openOutput(dir);
    await mkdir(join(dir, "runs"), { recursive: true });
    return new ExperimentFolder(dir);
  }

  async find(id: string): Promise<RunRecord | undefined> {
    try {
      return JSON.parse(await readFile(this.#fileOf(id), "utf8")) as RunRecord;
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
      throw thrown;
    }
  }

  async keep(record: RunRecord): Promise<void> {
    await save(this.#fileOf(record.id), `${JSON.stringify(record, null, 1)}\n`);
  }

  /** Tables, pictures and the page; they replace those of an earlier call. */
  async writeResults(
    experiment: Experiment,
    records: readonly RunRecord[],
    made: { scale: Scale; command: string },
  ): Promise<void> {
    const results = { experiment: experiment.name, question: experiment.question, ...made, runs: records };
    await save(join(this.dir, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
    await save(join(this.dir, "runs.csv"), runsCsv(records));
    await save(join(this.dir, "summary.csv"), summaryCsv(records));
    const plots = await loadPlots();
    const drawn = plots && pictures(plots, experiment, records);
    for (const { file, svg } of drawn ?? []) await save(join(this.dir, file), svg);
    await save(join(this.dir, "report.html"), experimentPage(experiment, records, { ...made, pictures: drawn }));
  }

  #fileOf(id: string): string {
    return join(this.dir, "runs", `${id}.json`);
  }
}
