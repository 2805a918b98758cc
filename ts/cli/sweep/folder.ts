import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { save } from "../../io/files.node.js";
import type { JsonObject } from "../../json.js";
import type { Plan } from "../../sweep/plan.js";
import { parseRecord, type RunRecord } from "../../sweep/record.js";
import { checked, type PlanFile } from "./plan-file.js";

/** What a folder of a sweep knows beside its records, so that they can be told from others and counted without the data. */
export interface Manifest {
  name: string;
  plan: Plan;
  hashes: ReadonlyMap<string, string>;
}

/** The results of a sweep, or of a part of it: `sweep.json`, and a file for each run in `runs/`. */
export class SweepFolder {
  readonly dir: string;
  readonly #runs: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#runs = join(dir, "runs");
  }

  /**
   * Writes down what the sweep is. A later plan may replace an earlier one: records do not depend on it.
   *
   * @throws {SpikeletError} `CHECKSUM_MISMATCH` when the data are not those of the records that are there.
   */
  async begin({ name, json }: PlanFile, hashes: ReadonlyMap<string, string>): Promise<void> {
    await mkdir(this.#runs, { recursive: true });
    const before = existsSync(this.#manifestFile) ? (await this.manifest()).hashes : new Map<string, string>();
    for (const [key, hash] of hashes) {
      const known = before.get(key);
      if (known === undefined || known === hash) continue;
      const what = `the samples of ${key} are others than those of the runs that are there`;
      throw new SpikeletError("CHECKSUM_MISMATCH", this.dir, `${what}: give another --out`);
    }
    const manifest = { format: 1, name, plan: json, data: Object.fromEntries([...before, ...hashes]) };
    await save(this.#manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** @throws {SpikeletError} `DATA_FORMAT` where there is no sweep. */
  async manifest(): Promise<Manifest> {
    let json: { format: unknown; name: string; plan: JsonObject; data: Record<string, string> };
    try {
      json = JSON.parse(await readFile(this.#manifestFile, "utf8"));
    } catch (cause) {
      throw new SpikeletError("DATA_FORMAT", this.#manifestFile, "can't be read: is this the folder of a sweep?", cause);
    }
    if (json.format !== 1) throw new SpikeletError("DATA_FORMAT", this.#manifestFile, "is of another version");
    return { name: json.name, plan: checked(json.plan, this.#manifestFile), hashes: new Map(Object.entries(json.data)) };
  }

  /** Every record, checked. */
  async records(): Promise<RunRecord[]> {
    const files = (await readdir(this.#runs)).filter((file) => file.endsWith(".ndjson")).sort();
    const records: RunRecord[] = [];
    for (const name of files) {
      const file = join(this.#runs, name);
      records.push(await parseRecord(await readFile(file, "utf8"), file));
    }
    return records;
  }

  /** The record of a run, if it is there by now. */
  async record(id: string): Promise<RunRecord | undefined> {
    const file = this.#fileOf(id);
    return existsSync(file) ? parseRecord(await readFile(file, "utf8"), file) : undefined;
  }

  /** Puts the record in its place as a whole or not at all. */
  async add(record: RunRecord): Promise<void> {
    await save(this.#fileOf(record.id), `${JSON.stringify(record)}\n`);
  }

  get #manifestFile(): string {
    return join(this.dir, "sweep.json");
  }

  #fileOf(id: string): string {
    return join(this.#runs, `${id}.ndjson`);
  }
}
