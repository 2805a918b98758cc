import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecordStore } from "../../experiments/engine.js";
import type { Experiment, Scale } from "../../experiments/experiment.js";
import { figures } from "../../experiments/figures.js";
import type { RunRecord } from "../../experiments/record.js";
import { experimentPage } from "../../experiments/report.js";
import { runsCsv, summaryCsv } from "../../experiments/tables.js";
import { save } from "../../io/files.node.js";
import { isObject, parseJson } from "../../json.js";
import { loadPlots } from "../../report/plots.js";
import { makeWritableFolder } from "../../study/store/folder.node.js";
import { say } from "../print.js";

/** The folder of an experiment: a file for each finished run, and what is drawn from them. */
export class ExperimentFolder implements RecordStore {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async open(dir: string): Promise<ExperimentFolder> {
    await makeWritableFolder(dir);
    await mkdir(join(dir, "runs"), { recursive: true });
    return new ExperimentFolder(dir);
  }

  /** A record that is damaged is told of, and not there: its run is done again. */
  async find(id: string): Promise<RunRecord | undefined> {
    const file = this.#fileOf(id);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
      throw thrown;
    }
    const record = recordIn(text, id);
    if (record === undefined) say(`${file}: is no record of its run: the run is done again`);
    return record;
  }

  async keep(record: RunRecord): Promise<void> {
    await save(this.#fileOf(record.id), `${JSON.stringify(record, null, 1)}\n`);
  }

  /** Tables, figures and the page; they replace those of an earlier call. */
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
    const drawn = plots && figures(plots, experiment, records);
    for (const { file, svg } of drawn ?? []) await save(join(this.dir, file), svg);
    await save(join(this.dir, "report.html"), experimentPage(experiment, records, { ...made, figures: drawn }));
  }

  #fileOf(id: string): string {
    return join(this.dir, "runs", `${id}.json`);
  }
}

function recordIn(text: string, id: string): RunRecord | undefined {
  let json: unknown;
  try {
    json = parseJson(text, "");
  } catch {
    return undefined;
  }
  const parts = ["config", "data", "chosen", "test", "cost", "backend"];
  const isWhole =
    isObject(json) && json["id"] === id && Array.isArray(json["epochs"]) && parts.every((part) => isObject(json[part]));
  return isWhole ? (json as unknown as RunRecord) : undefined;
}
