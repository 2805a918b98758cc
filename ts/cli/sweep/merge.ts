import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { save } from "../../io/files.node.js";
import { canonical, type Json } from "../../json.js";
import { loadPlots } from "../../report/plots.js";
import { csvOf } from "../../sweep/csv.js";
import type { RunRecord } from "../../sweep/record.js";
import { sweepPage } from "../../sweep/report.js";
import { joined, type SweepTable, tableOf } from "../../sweep/table.js";
import { type Manifest, SweepFolder } from "./folder.js";

/** A sweep as one or several folders tell it. */
export interface Gathered {
  manifest: Manifest;
  table: SweepTable;
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
  for (const dir of dirs) {
    const folder = new SweepFolder(dir);
    const own = await folder.manifest();
    manifest = manifest === undefined ? own : together(manifest, own, dir);
    for (const record of await folder.records()) records.push(record);
  }
  if (manifest === undefined) throw new SpikeletError("CONFIG_INVALID", "sweep", "no folder was given");
  return { manifest, table: await tableOf(manifest.plan, manifest.hashes, joined(records)) };
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

/** Writes the table as NDJSON and CSV, and a page about it. */
export async function writeMerged({ manifest, table }: Gathered, dir: string): Promise<MergedFiles> {
  await mkdir(dir, { recursive: true });
  const files = { records: join(dir, "results.ndjson"), table: join(dir, "results.csv"), page: join(dir, "report.html") };
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
