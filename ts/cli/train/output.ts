import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { OwnedFolder } from "../../study/store/folder.node.js";
import type { LockOptions } from "../../study/store/lock.node.js";
import { say } from "../print.js";

/** The files of one training in one folder. */
export interface RunFiles {
  dir: string;
  /** The latest state, for `--resume`. */
  last: string;
  /** The best epoch on the validation data. */
  best: string;
  history: string;
  /** Events, line by line, for those who watch. */
  events: string;
  report: string;
  /** The report for people. */
  page: string;
  run: string;
}

/** A folder for results into which only this process writes, and its files. */
export interface Output extends Disposable {
  folder: OwnedFolder;
  files: RunFiles;
}

const NAMES = {
  last: "last.safetensors",
  best: "best.safetensors",
  history: "history.csv",
  events: "events.ndjson",
  report: "report.json",
  page: "report.html",
  run: "run.json",
} as const;

/**
 * Makes the folder of `--out` this process's own, before hours of training.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` while another process writes there; `WRITE_FAILED`.
 */
export async function openOutput(dir: string, options: LockOptions = {}): Promise<Output> {
  const onWait = (owner: string) => say(`${dir} was locked by ${owner}: waiting up to a minute for a sign that it still runs`);
  try {
    const folder = await OwnedFolder.open(dir, Object.values(NAMES), { onWait, ...options });
    return { folder, files: filesIn(dir), [Symbol.dispose]: () => folder[Symbol.dispose]() };
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) throw thrown;
    throw new SpikeletError(thrown.code, "--out", thrown.message.replace(/: /, " "), thrown);
  }
}

/** Where the files of a training in `dir` lie. */
export function filesIn(dir: string): RunFiles {
  const { last, best, history, events, report, page, run } = NAMES;
  return {
    dir,
    last: join(dir, last),
    best: join(dir, best),
    history: join(dir, history),
    events: join(dir, events),
    report: join(dir, report),
    page: join(dir, page),
    run: join(dir, run),
  };
}
