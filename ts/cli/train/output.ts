import { existsSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { SpikeletError } from "../../errors.js";
import type { LeaseOptions } from "../../io/lease.node.js";
import { LOCK, OwnedFolder } from "../../study/store/folder.node.js";
import { MANIFEST } from "../../study/store/study-folder.node.js";
import { UsageError } from "../exit.js";
import { say } from "../print.js";

/** The files of one training in one folder. */
export interface RunFiles {
  dir: string;
  /** The latest state, for `--resume`. */
  last: string;
  /** The best epoch on the validation data. */
  best: string;
  history: string;
  /** Events, one JSON object a line. */
  events: string;
  report: string;
  /** The report for people. */
  page: string;
  run: string;
  /** The configuration that was chosen by the data, where it was. */
  config: string;
}

/** A folder for results, into which only this process writes, with the names of its files. */
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
  config: "config.json",
} as const;

/**
 * Makes the folder of `--out` this process's own, before hours of training.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` while another process writes there; `WRITE_FAILED`.
 * @throws {UsageError} for the folder of a study, whose report would be replaced.
 */
export async function openOutput(dir: string, options: LeaseOptions = {}): Promise<Output> {
  if (existsSync(join(dir, MANIFEST))) {
    throw new UsageError(`--out ${dir} holds a sweep, whose report would be replaced: give another folder`);
  }
  const onHeartbeatFailed = (why: string) => say(heartbeatWarning(dir, why));
  const onWait = (owner: string) => say(`${dir} was locked by ${owner}: waiting up to a minute for a sign that it still runs`);
  try {
    const folder = await OwnedFolder.open(dir, Object.values(NAMES), { onWait, onHeartbeatFailed, ...options });
    return { folder, files: filesIn(dir), [Symbol.dispose]: () => folder[Symbol.dispose]() };
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) throw thrown;
    throw new SpikeletError(thrown.code, "--out", thrown.message.replace(/: /, " "), thrown);
  }
}

/** Warning that this process can't show that it lives. */
export function heartbeatWarning(dir: string, why: string): string {
  return `warning: ${dir} takes no sign that this process lives (${why}): one on another machine may take it for ended after a minute`;
}

/** @throws {UsageError} for a folder with a training: the report of an evaluation would replace that of the training. */
export function refuseBesideTraining(dir: string): void {
  refuseBeside(dir, ["last", "best", "run"], "a training");
}

/** @throws {UsageError} for a folder with a training or an evaluation: the report of a study would replace theirs. */
export function refuseBesideRun(dir: string): void {
  refuseBeside(dir, ["last", "best", "run", "report"], "a training or an evaluation");
}

function refuseBeside(dir: string, files: readonly (keyof typeof NAMES)[], what: string): void {
  if (!files.some((file) => existsSync(join(dir, NAMES[file])))) return;
  throw new UsageError(`--out ${dir} holds ${what}, whose report would be replaced: give another folder`);
}

/**
 * Refuses to write one of the files of a run, whose checkpoint would be lost.
 *
 * @throws {UsageError}
 */
export function refuseFileOfRun(out: string): void {
  const dir = dirname(resolve(out));
  const isOfRun = Object.values<string>(NAMES).includes(basename(resolve(out)));
  if (!isOfRun || ![NAMES.run, NAMES.last, LOCK].some((name) => existsSync(join(dir, name)))) return;
  const other = join(dirname(out), `network${extname(out)}`);
  throw new UsageError(`--out ${out} is a file of the run in that folder: give another name, for example ${other}`);
}

/** Where the files of a training in `dir` lie. */
export function filesIn(dir: string): RunFiles {
  const { last, best, history, events, report, page, run, config } = NAMES;
  return {
    dir,
    last: join(dir, last),
    best: join(dir, best),
    history: join(dir, history),
    events: join(dir, events),
    report: join(dir, report),
    page: join(dir, page),
    run: join(dir, run),
    config: join(dir, config),
  };
}
