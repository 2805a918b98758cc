import { SpikeletError } from "../errors.js";
import type { Plan } from "./plan.js";
import { type FindRecord, isSameOutcome, type RunRecord, scoreOf } from "./record.js";
import { type Run, runsOf } from "./runs.js";

/** A run of the plan with its record, where there is one. */
export interface Row {
  /** Place in the order of the plan. */
  index: number;
  run: Run;
  record: RunRecord | undefined;
  /** The objective; `undefined` where the run is not done. */
  score: number | undefined;
}

/** Everything that is known of a sweep. */
export interface SweepTable {
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
export function joined(records: Iterable<RunRecord>): Map<string, RunRecord> {
  const byId = new Map<string, RunRecord>();
  for (const record of records) {
    const known = byId.get(record.id);
    if (known === undefined || (known.status === "failed" && record.status === "done")) {
      byId.set(record.id, record);
    } else if (known.status === "done" && record.status === "done" && !isSameOutcome(known, record)) {
      const machines = `${known.ran.host} (${known.ran.version}) and ${record.ran.host} (${record.ran.version})`;
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
): Promise<SweepTable> {
  const find: FindRecord = (id) => records.get(id);
  const { runs, isOpen } = await runsOf(plan, hashes, find);
  const rows = runs.map((run, index): Row => {
    const record = find(run.id);
    return { index, run, record, score: record && scoreOf(record, plan.objective) };
  });
  const finished = rows.filter(({ record }) => record?.status === "done");
  if (finished.length > 0 && finished.every(({ score }) => score === undefined)) {
    throw new SpikeletError("CONFIG_INVALID", "objective.metric", `is no number in the results: ${plan.objective.metric}`);
  }
  const count = (status: RunRecord["status"] | undefined) => rows.filter(({ record }) => record?.status === status).length;
  const [done, failed, missing] = [count("done"), count("failed"), count(undefined)];
  return { rows, done, failed, missing, others: records.size - done - failed, isOpen };
}

/** The rows that are done, best first; the earlier of equals comes first. */
export function ranked({ rows }: SweepTable, { objective }: Pick<Plan, "objective">): (Row & { score: number })[] {
  const sign = objective.goal === "max" ? -1 : 1;
  const done = rows.filter((row): row is Row & { score: number } => row.score !== undefined);
  return done.sort((a, b) => sign * (a.score - b.score) || a.index - b.index);
}

/** Each different error in words, with how many runs it ended. */
export function errorsOf({ rows }: SweepTable): Map<string, number> {
  const errors = new Map<string, number>();
  for (const { record } of rows) {
    if (record?.error === undefined) continue;
    const text = `${record.error.message} (${record.error.code})`;
    errors.set(text, (errors.get(text) ?? 0) + 1);
  }
  return errors;
}
