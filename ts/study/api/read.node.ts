import { SpikeletError } from "../../errors.js";
import type { JsonObject } from "../../json.js";
import { type Plan, parsePlan } from "../plan/plan.js";
import { chosenOf } from "../report/choice.js";
import { type Damage, gather } from "../report/merge.node.js";
import { type PointSummary, pointsOf } from "../report/points.js";
import { resultTable } from "../report/result-table.js";
import { type Row, recordsById, type StudyTable, tableOf } from "../run/table.js";
import { storedStudies } from "../store/packed.node.js";
import type { StoredStudy } from "../store/stored-study.js";

/** Options of {@link readStudy}. */
export interface ReadOptions {
  /** Folder within, as `search/antlr` of an experiment with searches; {@link studyFolders} lists them. */
  folder?: string;
  /** Another plan than the one that the study ran last: its runs are looked for among the records. */
  plan?: JsonObject;
}

/** The results of a study. */
export interface StudyResults {
  name: string;
  plan: Plan;
  /** Version of the library that ran it last. */
  version: string;
  /** Every run of the plan that is known by now, in its order, with its record where there is one. */
  rows: Row[];
  done: number;
  failed: number;
  missing: number;
  /** Records of runs that are not in the plan. */
  others: number;
  /** Whether further rungs follow once all of these have a record. */
  isOpen: boolean;
  /** Points of the search, or variants, that have a run that is done, with the mean of the objective over the seeds; not runs of a search that lack its metric. */
  points: PointSummary[];
  /** The point that the search ends with; `undefined` before its end. */
  chosen: PointSummary | undefined;
  /** The table of the page: the head, then a row for each point. */
  table: string[][];
  /** Files or lines that hold no record of their run, which counts as missing. */
  damaged: Damage[];
}

/**
 * Reads what {@link sweep} has left in a folder, or what {@link packStudy} has made of it.
 *
 * @throws {SpikeletError} `DATA_FORMAT` where there is no study, `CONFIG_INVALID` for a plan with data that no run has met.
 */
export async function readStudy(path: string, { folder = "", plan }: ReadOptions = {}): Promise<StudyResults> {
  const study = (await storedStudies(path)).study(folder);
  if (study === undefined) throw new SpikeletError("DATA_FORMAT", path, `has no study${folder === "" ? "" : ` in ${folder}`}`);
  if (plan !== undefined) return planned(study, parsePlan(plan));
  const { manifest, table, damaged } = await gather([study]);
  return resultsOf(manifest, table, damaged);
}

/**
 * Lists the folders of a study, from the outermost, which is `""`, by the order of their names.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for what can't be read.
 */
export async function studyFolders(path: string): Promise<string[]> {
  return (await storedStudies(path)).folders();
}

async function planned(study: StoredStudy, plan: Plan): Promise<StudyResults> {
  const { name, hashes, version } = await study.manifest();
  const { records, damaged } = await study.records();
  const table = await tableOf(plan, hashes, recordsById(records), version);
  return resultsOf(
    { name, plan, version },
    table,
    damaged.map(({ path, message }) => ({ file: path, message })),
  );
}

function resultsOf(
  { name, plan, version }: Pick<StudyResults, "name" | "plan" | "version">,
  table: StudyTable,
  damaged: Damage[],
): StudyResults {
  const points = pointsOf(table, plan);
  return { name, plan, version, ...table, points, chosen: chosenOf(table, plan), table: resultTable(points, plan), damaged };
}
