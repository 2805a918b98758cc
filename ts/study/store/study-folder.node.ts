import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SpikeletError } from "../../errors.js";
import { makeFolder, remove, removeUnfinished, save, unreadable } from "../../io/files.node.js";
import { type Json, type JsonObject, parseJson } from "../../json.js";
import { version } from "../../version.js";
import type { Plan } from "../plan/plan.js";
import { Claims } from "./claims.node.js";
import { makeWritableFolder, PROBE } from "./folder.node.js";
import { parseRecord, type RunRecord } from "./record.js";
import { checkedManifest, type Manifest, type StoredRecords, type StoredStudy } from "./stored-study.js";

/** A plan with a name. */
export interface NamedPlan {
  name: string;
  plan: Plan;
  /** What {@link planIn} took. */
  json: JsonObject;
}

/** How the turn in a folder is waited for. */
export interface WaitOptions {
  /** Ends the wait; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Hears of an owner, as one on another machine, whose sign of life is waited for. */
  onWait?: (owner: string) => void;
}

/** The claim of whoever writes files that are of the whole folder. */
const WHOLE = "study";
/** Milliseconds between two tries to get it. */
const POLL = 100;

/** What the study in a folder is. */
export const MANIFEST = "study.json";

/** The results of a study, or of a part of it: `study.json`, and a file for each run in `runs/`. Several processes may use it at once. */
export class StudyFolder implements StoredStudy {
  readonly dir: string;
  /** Who works at which run. */
  readonly claims: Claims;
  readonly #runs: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#runs = join(dir, "runs");
    this.claims = new Claims(this.#runs);
  }

  /**
   * Writes down what the study is. A later plan may replace an earlier one: records do not depend on it.
   *
   * @throws {SpikeletError} `CHECKSUM_MISMATCH` when the data are not those of the records that are there.
   */
  async begin({ name, json }: NamedPlan, hashes: ReadonlyMap<string, string>, wait: WaitOptions = {}): Promise<void> {
    await makeWritableFolder(this.dir);
    await makeFolder(this.#runs);
    await this.alone(async () => {
      await removeUnfinished([this.#manifestFile, join(this.dir, PROBE), join(this.dir, `${WHOLE}.claim`)]);
      await this.tidy();
      const before = await this.#hashesBefore();
      for (const [key, hash] of hashes) {
        const known = before.get(key);
        if (known === undefined || known === hash) continue;
        const what = `the samples of ${key} are others than those of the runs that are there`;
        throw new SpikeletError("CHECKSUM_MISMATCH", this.dir, `${what}: give another --out`);
      }
      const manifest = { format: 1, name, version, plan: json, data: Object.fromEntries([...before, ...hashes]) };
      await save(this.#manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
    }, wait);
  }

  /** @throws {SpikeletError} `DATA_FORMAT` where there is no study. */
  async manifest(): Promise<Manifest> {
    const file = this.#manifestFile;
    let json: Json;
    try {
      json = parseJson(await readFile(file, "utf8"), file);
    } catch (cause) {
      throw new SpikeletError("DATA_FORMAT", file, "can't be read: is this the folder of a study?", cause);
    }
    return checkedManifest(json, file);
  }

  /**
   * Every record, checked; what is damaged does not keep the others from being read. None where no run has begun.
   *
   * @throws {SpikeletError} `DATA_FORMAT` for a folder of records that can't be read.
   */
  async records(): Promise<StoredRecords> {
    const files = (await this.#names()).filter((file) => file.endsWith(".json")).sort();
    const stored: StoredRecords = { records: [], damaged: [] };
    for (const name of files) {
      try {
        stored.records.push(await this.#read(name.slice(0, -".json".length)));
      } catch (thrown) {
        if (!(thrown instanceof SpikeletError)) throw thrown;
        stored.damaged.push(thrown);
      }
    }
    return stored;
  }

  /** The record of a run; `undefined` when there is none by now, or one that is damaged. */
  async record(id: string): Promise<RunRecord | undefined> {
    return existsSync(this.#fileOf(id)) ? this.#read(id).catch(() => undefined) : undefined;
  }

  /** Puts the record in its place as a whole or not at all. */
  async add(record: RunRecord): Promise<void> {
    await save(this.#fileOf(record.id), `${JSON.stringify(record)}\n`);
  }

  /** Does what nobody else may do in this folder meanwhile. */
  async alone<T>(work: () => Promise<T>, { signal, onWait }: WaitOptions = {}): Promise<T> {
    const claims = new Claims(this.dir);
    for (let hasTold = false; !(await claims.take(WHOLE)); ) {
      signal?.throwIfAborted();
      const owner = hasTold ? undefined : await claims.ownerOutOfReach(WHOLE);
      if (owner !== undefined) {
        onWait?.(owner);
        hasTold = true;
      }
      await pause(POLL);
    }
    try {
      return await work();
    } finally {
      await claims.release(WHOLE);
    }
  }

  /** Removes what processes that were killed have left: claims, and records that they did not write to their end. */
  async tidy(): Promise<void> {
    for (const name of await this.#names()) {
      const [, id = "", rest = ""] = /^\.?(\w+)\.(.+)$/.exec(name) ?? [];
      if (!/^(claim|claim\..+|json\..+\.tmp)$/.test(rest) || !(await this.claims.clear(id))) continue;
      // Only what was there before the claim was cleared: another may be at the run by now.
      if (rest !== "claim") await remove(join(this.#runs, name));
    }
  }

  /** Hashes of the data of earlier plans; a damaged file is written anew. */
  async #hashesBefore(): Promise<ReadonlyMap<string, string>> {
    if (!existsSync(this.#manifestFile)) return new Map();
    return (await this.manifest().catch(() => undefined))?.hashes ?? new Map();
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#runs);
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
      throw unreadable(this.#runs, cause);
    }
  }

  async #read(id: string): Promise<RunRecord> {
    const file = this.#fileOf(id);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (cause) {
      throw new SpikeletError("DATA_FORMAT", file, `can't be read (${cause instanceof Error ? cause.message : cause})`, cause);
    }
    const record = await parseRecord(text, file);
    if (record.id !== id) throw new SpikeletError("CHECKSUM_MISMATCH", file, `is the record of the run ${record.id}`);
    return record;
  }

  get #manifestFile(): string {
    return join(this.dir, MANIFEST);
  }

  #fileOf(id: string): string {
    return join(this.#runs, `${id}.json`);
  }
}
