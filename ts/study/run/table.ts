import { SpikeletError } from "../../errors.js";
import type { Plan } from "../plan/plan.js";
import { type DoneRecord, type FindRecord, isSameOutcome, type RunRecord } from "../store/record.js";
import { scoreOf } from "./objective.js";
import { type Run, runsOf } from "./runs.js";

/** A run of the plan, with its record where there is one. */
export interface Row {
  /** Place in the order of the plan. */
  index: number;
  run: Run;
  record: RunRecord | undefined;
  /** The objective; `undefined` where the run is not done, and where its result does not have the metric. */
  score: number | undefined;
}

/** A row that is done. */
export type DoneRow = Row & { record: DoneRecord };

/** All runs of a study with their records, and their numbers. */
export interface StudyTable {
  rows: Row[];
  done: number;
  failed: number;
  missing: number;
  /** Records of runs that are not in the plan. */
  others: number;
  /** Whether more runs follow once all of these have a record. */
  isOpen: boolean;
}

/**
 * Records by id. A run that is done takes the place of a failed one.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH` when two runs of the same identity are done with different results.
 */
export function recordsById(records: Iterable<RunRecord>): Map<string, RunRecord> {
  const byId = new Map<string, RunRecord>();
  for (const record of records) {
    const known = byId.get(record.id);
    if (known === undefined || (known.status === "failed" && record.status === "done")) {
      byId.set(record.id, record);
    } else if (known.status === "done" && record.status === "done" && !isSameOutcome(known, record)) {
      const machines = `${known.ran.host} (${known.ran.backend}) and ${record.ran.host} (${record.ran.backend})`;
      throw new SpikeletError("CHECKSUM_MISMATCH", record.id, `the same run has different results on ${machines}`);
    }
  }
  return byId;
}

/**
 * The runs of a plan beside their records.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` when no result has the metric of the objective.
 */
export async function tableOf(
  plan: Plan,
  hashes: ReadonlyMap<string, string>,
  records: ReadonlyMap<string, RunRecord>,
  version?: string,
): Promise<StudyTable> {
  const find: FindRecord = (id) => records.get(id);
  const { runs, isOpen } = await runsOf(plan, hashes, find, version);
  const rows = runs.map((run, index): Row => {
    const record = find(run.id);
    return { index, run, record, score: record && scoreOf(record, plan.objective) };
  });
  const finished = rows.filter(({ record }) => record?.result !== undefined);
  if (finished.length > 0 && finished.every(({ score }) => score === undefined)) {
    throw new SpikeletError("CONFIG_INVALID", "objective.metric", `is no number in the results: ${plan.objective.metric}`);
  }
  const count = (status: RunRecord["status"] | undefined) => rows.filter(({ record }) => record?.status === status).length;
  const [done, failed, missing] = [count("done"), count("failed"), count(undefined)];
  const planned = new Set(runs.map(({ id }) => id));
  const others = [...records.keys()].filter((id) => !planned.has(id)).length;
  return { rows, done, failed, missing, others, isOpen };
}

/** The rows that are done, in the order of the plan. */
export function doneRows({ rows }: StudyTable): DoneRow[] {
  return rows.filter((row): row is DoneRow => row.record?.result !== undefined);
}

/** How many runs tables leave out: done ones of a search without the metric of the objective, which can't be ranked. */
export function leftOut(table: StudyTable, { search }: Pick<Plan, "search">): number {
  return search.type === "variants" ? 0 : doneRows(table).filter(({ score }) => score === undefined).length;
}

/** The texts of all different errors, each with the number of runs that it ended. */
export function errorsOf({ rows }: StudyTable): Map<string, number> {
  const errors = new Map<string, number>();
  for (const { record } of rows) {
    if (record?.error === undefined) continue;
    const text = `${record.error.message} (${record.error.code})`;
    errors.set(text, (errors.get(text) ?? 0) + 1);
  }
  return errors;
}
