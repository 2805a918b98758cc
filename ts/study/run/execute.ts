import { SpikeletError } from "../../errors.js";
import { ARITHMETIC } from "../../generated/arithmetic.js";
import { putAt } from "../../json.js";
import { version } from "../../version.js";
import { type RanOn, type RunError, type RunRecord, withChecksum } from "../store/record.js";
import type { Run } from "./runs.js";
import { type TrainOptions, taskOf, train } from "./train.js";

/** Threads, backend and machine that execute runs, for their records. */
export interface ExecuteOptions extends TrainOptions {
  threads: number | "auto";
  /** Name of the backend. */
  backend: string;
  host: string;
  /** Commit of the program that runs them. */
  commit?: string | undefined;
}

/**
 * Trains a run and returns its record, which for a failed run holds the error.
 *
 * @throws the reason of the signal.
 */
export async function execute({ id, seed, config, data, dir }: Run, options: ExecuteOptions): Promise<RunRecord> {
  const { host, backend, threads, create, commit } = options;
  const start = performance.now();
  let status: RunRecord["status"] = "done";
  let rest: Pick<RunRecord, "result" | "error">;
  const whole = structuredClone(config);
  if (dir !== undefined) putAt(whole, "data.dir", dir);
  let pace = { seconds: 0, samplesPerSecond: 0 };
  try {
    const { result, ...measured } = await train(taskOf(whole, threads), options);
    [rest, pace] = [{ result }, measured];
  } catch (thrown) {
    create.signal?.throwIfAborted();
    [status, rest] = ["failed", { error: errorOf(thrown) }];
    pace.seconds = (performance.now() - start) / 1000;
  }
  const ran: RanOn = {
    endedAt: new Date().toISOString(),
    ...rounded(pace),
    host,
    backend,
    threads,
    ...(commit === undefined ? {} : { commit }),
  };
  return withChecksum({ id, status, seed, config, data, version, arithmetic: ARITHMETIC, ...rest, ran });
}

function rounded({ seconds, samplesPerSecond }: Pick<RanOn, "seconds" | "samplesPerSecond">) {
  return { seconds: Number(seconds.toFixed(3)), samplesPerSecond: Number(samplesPerSecond.toFixed(1)) };
}

/** An error as records state it. */
function errorOf(thrown: unknown): RunError {
  if (thrown instanceof SpikeletError) return { code: thrown.code, path: thrown.path, message: thrown.message };
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "INTERNAL";
  return { code, path: "", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
