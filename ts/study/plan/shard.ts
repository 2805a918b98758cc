import { SpikeletError } from "../../errors.js";

/** One of several processes that share a sweep without talking to each other. */
export interface Shard {
  /** From 0. */
  index: number;
  count: number;
}

/** Every run. */
export const WHOLE: Shard = { index: 0, count: 1 };

/** Environment variables of a process, some of them set by a scheduler. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every n-th run, so that shards get like shares of every stretch of the plan. */
export function shareOf<T>(runs: readonly T[], { index, count }: Shard): T[] {
  return runs.filter((_, k) => k % count === index);
}

/**
 * `2/8` is the second of eight; `auto/8` takes the place from the scheduler, `auto` the number too, where the scheduler says it.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` at `--shard`.
 */
export function parseShard(text: string, environment: Environment): Shard {
  const match = /^(auto|\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) throw shardError(`must be like 2/8, auto/8 or auto, got "${text}"`);
  const [, place = "", total] = match;
  if (place !== "auto" && total === undefined) throw shardError(`must say of how many: ${text}/8`);
  const scheduled = place === "auto" ? scheduledShard(environment) : { source: "", index: Number(place) - 1, count: undefined };
  const count = total === undefined ? scheduled.count : Number(total);
  if (count === undefined) throw shardError(`must say of how many, auto/8: ${scheduled.source} tells the place alone`);
  if (scheduled.index >= 0 && scheduled.index < count) return { index: scheduled.index, count };
  const of = place === "auto" ? ` (${scheduled.source}=${environment[scheduled.source]})` : "";
  throw shardError(`must be from 1/${count} to ${count}/${count}, got ${scheduled.index + 1}/${count}${of}`);
}

interface Scheduled {
  source: string;
  index: number;
  count?: number | undefined;
}

/** Slurm's job arrays may start anywhere and go in steps; Kubernetes counts from 0, GNU parallel from 1. */
function scheduledShard(environment: Environment): Scheduled {
  const number = (name: string): number | undefined => {
    const text = environment[name];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const task = number("SLURM_ARRAY_TASK_ID");
  if (task !== undefined) {
    const source = "SLURM_ARRAY_TASK_ID";
    const index = (task - (number("SLURM_ARRAY_TASK_MIN") ?? 0)) / (number("SLURM_ARRAY_TASK_STEP") ?? 1);
    if (!Number.isInteger(index)) throw shardError(`needs an array of even steps, got ${source}=${task}`);
    return { source, index, count: number("SLURM_ARRAY_TASK_COUNT") };
  }
  const completion = number("JOB_COMPLETION_INDEX");
  if (completion !== undefined) return { source: "JOB_COMPLETION_INDEX", index: completion };
  const sequence = number("PARALLEL_SEQ");
  if (sequence !== undefined) return { source: "PARALLEL_SEQ", index: sequence - 1 };
  throw shardError("auto needs SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or PARALLEL_SEQ in the environment");
}

function shardError(message: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", "--shard", message);
}
