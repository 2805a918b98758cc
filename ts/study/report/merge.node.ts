import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { makeFolder, removeUnfinished } from "../../io/files.node.js";
import type { Lease } from "../../io/lease.node.js";
import { canonical, type Json } from "../../json.js";
import { identifyingConfig } from "../run/runs.js";
import { recordsById, type StudyTable, tableOf } from "../run/table.js";
import { arithmeticOf, arithmeticText } from "../store/arithmetic.js";
import { isPacked, storedStudies } from "../store/packed.node.js";
import type { RunRecord } from "../store/record.js";
import type { Manifest, StoredStudy } from "../store/stored-study.js";
import { StudyFolder, type WaitOptions } from "../store/study-folder.node.js";
import { runsCsv, summaryCsv } from "./csv.js";
import { figures } from "./figures.js";
import { type Study, studyPage } from "./page.js";
import { pointsOf } from "./points.js";

/** A study as one or several folders tell it. */
export interface Gathered {
  manifest: Manifest;
  table: StudyTable;
  /** Files that hold no record of their run, which counts as missing unless another folder has it. */
  damaged: Damage[];
  /** Records without a checksum, of earlier versions: a number in them that changed since is not noticed. */
  unchecked: number;
}

/** A damaged file, and what is wrong with it. */
export interface Damage {
  file: string;
  message: string;
}

/**
 * Reads the folders of a study; a packed file stands for its outermost folder.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` when they are of different plans, versions or numbers of the arithmetic, `CHECKSUM_MISMATCH` when of different
 * data, or when the same run has different results.
 */
export async function gather(dirs: readonly (string | StoredStudy)[]): Promise<Gathered> {
  let manifest: Manifest | undefined;
  let arithmetic: Arithmetic | undefined;
  const records: RunRecord[] = [];
  const damaged: Damage[] = [];
  for (const dir of dirs) {
    const study = typeof dir === "string" ? await studyAt(dir) : dir;
    const own = await study.manifest();
    manifest = manifest === undefined ? own : together(manifest, own, study.dir);
    const stored = await study.records();
    arithmetic = sameArithmetic(arithmetic, stored.records, study.dir);
    for (const record of stored.records) records.push(record);
    for (const { path, message } of stored.damaged) damaged.push({ file: path, message });
  }
  if (manifest === undefined) throw new SpikeletError("CONFIG_INVALID", "study", "no folder was given");
  const { plan, hashes, version } = manifest;
  const unchecked = records.filter(({ checksum }) => checksum === undefined).length;
  return { manifest, table: await tableOf(plan, hashes, recordsById(records), version), damaged, unchecked };
}

async function studyAt(path: string): Promise<StoredStudy> {
  if (!isPacked(path)) return new StudyFolder(path);
  const study = (await storedStudies(path)).study();
  if (study === undefined) throw new SpikeletError("DATA_FORMAT", path, "has no study of its own");
  return study;
}

/** Numbers of the arithmetic of a folder, in words, and which folder. */
interface Arithmetic {
  words: string;
  dir: string;
}

/** @throws {SpikeletError} `CONFIG_INVALID` when the runs of a folder were computed by another arithmetic than those before. */
function sameArithmetic(first: Arithmetic | undefined, records: readonly RunRecord[], dir: string): Arithmetic | undefined {
  const numbers = arithmeticOf(records);
  if (numbers.length === 0) return first;
  const words = arithmeticText(numbers);
  if (first !== undefined && first.words !== words) {
    throw new SpikeletError(
      "CONFIG_INVALID",
      dir,
      `has runs of ${words}, ${first.dir} of ${first.words}: their results differ in their bits`,
    );
  }
  return { words, dir };
}

/** The text of a plan, except for the folder of its data on a machine. */
function nameOf({ plan }: Manifest): string {
  return canonical({ ...plan, config: identifyingConfig(plan.config) } as unknown as Json);
}

function together(first: Manifest, other: Manifest, dir: string): Manifest {
  if (nameOf(first) !== nameOf(other)) {
    throw new SpikeletError("CONFIG_INVALID", dir, "is of another plan than the folders before it");
  }
  if (first.version !== other.version) {
    const what = `was run by Spikelet ${other.version}, the folders before it by ${first.version}`;
    throw new SpikeletError("CONFIG_INVALID", dir, what);
  }
  for (const [key, hash] of other.hashes) {
    if ((first.hashes.get(key) ?? hash) !== hash) {
      throw new SpikeletError("CHECKSUM_MISMATCH", dir, `the samples of ${key} are others than those of the folders before it`);
    }
  }
  return { ...first, hashes: new Map([...first.hashes, ...other.hashes]) };
}

/** Files of a merged study. */
export interface MergedFiles {
  records: string;
  /** A line for each run, and one for each point. */
  table: string;
  summary: string;
  /** The report for people, and its figures. */
  page: string;
  figures: string[];
}

/**
 * Reads the folders of a study and writes its tables as NDJSON and CSV, and a page about it with its figures. Of several processes that do so at once
 * the last one writes, and it has read what the others had.
 *
 * @throws what {@link gather} throws; an abort while it waits throws the reason of the signal.
 */
export async function mergeInto(
  dir: string,
  dirs: readonly string[],
  wait: WaitOptions = {},
): Promise<Gathered & { files: MergedFiles }> {
  await makeFolder(dir);
  return new StudyFolder(dir).alone(async (lease) => {
    const gathered = await gather(dirs);
    return { ...gathered, files: await writeMerged(gathered, dir, lease) };
  }, wait);
}

async function writeMerged({ manifest, table }: Gathered, dir: string, lease: Lease): Promise<MergedFiles> {
  const { name, plan, version } = manifest;
  const study: Study = { name, plan, table, points: pointsOf(table, plan), version };
  const drawn = figures(study.points, plan);
  const lines = table.rows.flatMap(({ index, run, record }) => {
    if (record === undefined) return [];
    const { point, settings, rung } = run;
    return [`${JSON.stringify({ index, point, settings, rung, ...record })}\n`];
  });
  const [records, runs] = [join(dir, "results.ndjson"), join(dir, "results.csv")];
  const [summary, page] = [join(dir, "summary.csv"), join(dir, "report.html")];
  const files: [file: string, text: string][] = [
    [records, lines.join("")],
    [runs, runsCsv(table, plan)],
    [summary, summaryCsv(table, plan)],
    ...drawn.map(({ file, svg }): [string, string] => [join(dir, file), svg]),
    [page, studyPage(study, drawn)],
  ];
  await removeUnfinished(files.map(([file]) => file));
  for (const [file, text] of files) await lease.save(file, text);
  return { records, table: runs, summary, page, figures: drawn.map(({ file }) => join(dir, file)) };
}
