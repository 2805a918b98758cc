import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { removeUnfinished, save } from "../../io/files.node.js";
import { canonical, type Json } from "../../json.js";
import { loadPlots } from "../../report/plots.js";
import { makeWritableFolder } from "../../study/store/folder.node.js";
import { csvOf } from "../../sweep/csv.js";
import type { RunRecord } from "../../sweep/record.js";
import { sweepPage } from "../../sweep/report.js";
import { joined, type SweepTable, tableOf } from "../../sweep/table.js";
import { type Manifest, SweepFolder } from "./folder.js";

/** A sweep as one or several folders tell it. */
export interface Gathered {
  manifest: Manifest;
  table: SweepTable;
  /** Files that hold no record of their run, which counts as missing unless another folder has it. */
  damaged: Damage[];
}

/** What is wrong with a file. */
export interface Damage {
  file: string;
  message: string;
}

/**
 * Reads the folders of a sweep.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` when they are of different plans, `CHECKSUM_MISMATCH` when of different data, or
 * when the same run has different results.
 */
export async function gather(dirs: readonly string[]): Promise<Gathered> {
  let manifest: Manifest | undefined;
  const records: RunRecord[] = [];
  const damaged: Damage[] = [];
  for (const dir of dirs) {
    const folder = new SweepFolder(dir);
    const own = await folder.manifest();
    manifest = manifest === undefined ? own : together(manifest, own, dir);
    const stored = await folder.records();
    for (const record of stored.records) records.push(record);
    for (const { path, message } of stored.damaged) damaged.push({ file: path, message });
  }
  if (manifest === undefined) throw new SpikeletError("CONFIG_INVALID", "sweep", "no folder was given");
  return { manifest, table: await tableOf(manifest.plan, manifest.hashes, joined(records)), damaged };
}

function together(first: Manifest, other: Manifest, dir: string): Manifest {
  if (canonical(first.plan as unknown as Json) !== canonical(other.plan as unknown as Json)) {
    throw new SpikeletError("CONFIG_INVALID", dir, "is of another plan than the folders before it");
  }
  for (const [key, hash] of other.hashes) {
    if ((first.hashes.get(key) ?? hash) !== hash) {
      throw new SpikeletError("CHECKSUM_MISMATCH", dir, `the samples of ${key} are others than those of the folders before it`);
    }
  }
  return { ...first, hashes: new Map([...first.hashes, ...other.hashes]) };
}

/** Files of a merged sweep. */
export interface MergedFiles {
  records: string;
  table: string;
  /** The report for people. */
  page: string;
}

/**
 * Reads the folders of a sweep and writes the table as NDJSON and CSV, and a page about it. Of several processes that do so at once
 * the last one writes, and it has read what the others had.
 *
 * @throws what {@link gather} throws.
 */
export async function mergeInto(dir: string, dirs: readonly string[]): Promise<Gathered & { files: MergedFiles }> {
  await makeWritableFolder(dir);
  return new SweepFolder(dir).alone(async () => {
    const gathered = await gather(dirs);
    return { ...gathered, files: await writeMerged(gathered, dir) };
  });
}

async function writeMerged({ manifest, table }: Gathered, dir: string): Promise<MergedFiles> {
  const files = { records: join(dir, "results.ndjson"), table: join(dir, "results.csv"), page: join(dir, "report.html") };
  await removeUnfinished(Object.values(files));
  const lines = table.rows.flatMap(({ index, run, record }) => {
    if (record === undefined) return [];
    const { point, settings, rung } = run;
    return [JSON.stringify({ index, point, settings, rung, ...record })];
  });
  await save(files.records, lines.map((line) => `${line}\n`).join(""));
  await save(files.table, csvOf(table, manifest.plan));
  await save(files.page, sweepPage(manifest.name, table, manifest.plan, await loadPlots()));
  return files;
}
