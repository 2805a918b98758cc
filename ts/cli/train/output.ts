import { constants, existsSync } from "node:fs";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { removeUnfinished, save } from "../../io/files.node.js";
import type { DataSource } from "../data.js";

/** The files of one training in one folder. */
export interface OutputFolder {
  dir: string;
  /** The latest state, for `--resume`. */
  last: string;
  /** The best epoch by validation accuracy. */
  best: string;
  history: string;
  report: string;
  /** The report for people. */
  page: string;
  run: string;
}

/**
 * Makes the folder and checks that files can be written there, before hours of training.
 *
 * @throws {SpikeletError} `WRITE_FAILED` that names the folder.
 */
export async function openOutput(dir: string): Promise<OutputFolder> {
  // Of one name, so that the next run takes away what one that was killed just here has left.
  const probe = join(dir, ".probe");
  try {
    await makeFolder(dir);
    await access(dir, constants.W_OK);
    await writeFile(probe, "");
    await rm(probe, { force: true });
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("WRITE_FAILED", "--out", `can't write into ${dir} (${what})`, cause);
  }
  const files = filesIn(dir);
  await removeUnfinished([files.last, files.best, files.history, files.report, files.page, files.run]);
  return files;
}

/** Not `recursive: true`, which never returns where a folder is refused with ENOENT, as below /proc. */
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || existsSync(dirname(dir))) throw thrown;
    await makeFolder(dirname(dir));
    await mkdir(dir);
  }
}

export function filesIn(dir: string): OutputFolder {
  return {
    dir,
    last: join(dir, "last.safetensors"),
    best: join(dir, "best.safetensors"),
    history: join(dir, "history.csv"),
    report: join(dir, "report.json"),
    page: join(dir, "report.html"),
    run: join(dir, "run.json"),
  };
}

/** What a checkpoint does not hold: which data it learnt from. */
export interface RunRecord {
  version: string;
  data: Partial<DataSource>;
}

export async function writeRunRecord(files: OutputFolder, record: RunRecord): Promise<void> {
  await save(files.run, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record beside a checkpoint, or `undefined` when there is none that can be read. */
export async function runRecordBeside(checkpoint: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(filesIn(dirname(checkpoint)).run, "utf8")) as RunRecord;
  } catch {
    return undefined;
  }
}
