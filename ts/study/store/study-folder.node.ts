import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { makeFolderWithin, removeTree, removeUnfinished, unreadable } from "../../io/files.node.js";
import { Lease, type LeaseOptions, LeaseWatch, saveFrom } from "../../io/lease.node.js";
import { readPlain } from "../../io/plain-file.node.js";
import { type Json, type JsonObject, parseJson } from "../../json.js";
import { version } from "../../version.js";
import type { Plan } from "../plan/plan.js";
import { parseRecord, type RunRecord } from "./record.js";
import { checkedManifest, type Manifest, type StoredRecords, type StoredStudy } from "./stored-study.js";

/** A plan with a name. */
export interface NamedPlan {
  name: string;
  plan: Plan;
  /** The plan as JSON, from which {@link planIn} made `plan`. */
  json: JsonObject;
}

/** Options of waiting for a folder that another process uses. */
export interface WaitOptions extends Pick<LeaseOptions, "signal" | "onHeartbeatFailed"> {
  /** Called with the owner whose sign of life is waited for, for example one on another machine. */
  onWait?: (owner: string) => void;
}

/** The lease of whoever writes files that are of the whole folder. */
const WHOLE = "study.claim";
/** Milliseconds between two tries to get it. */
const POLL = 100;
/** Names of leases and of what was not written to its end, with the run that they are of. */
const LEFT = /^\.?(\w+)\.(?:claim|(?:claim|json)\.\w+\.tmp)$/;
/** How the name of the lease of a run ends. */
const CLAIM = ".claim";

/** The folder of the records. */
export const RUNS = "runs";

/** The file of a folder that says which study it holds. */
export const MANIFEST = "study.json";

/** The results of a study, or of a part of it: `study.json`, and a file for each run in `runs/`. Several processes may use it at once. */
export class StudyFolder implements StoredStudy {
  readonly dir: string;
  readonly #runs: string;
  /** The runs that this process works at. */
  readonly #claims = new Map<string, Lease>();
  readonly #watch = new LeaseWatch();

  constructor(dir: string) {
    this.dir = dir;
    this.#runs = join(dir, RUNS);
  }

  /**
   * Writes down what the study is. A later plan may replace an earlier one: records do not depend on it.
   *
   * @throws {SpikeletError} `CHECKSUM_MISMATCH` when the data are not those of the records that are there.
   */
  async begin({ name, json }: NamedPlan, hashes: ReadonlyMap<string, string>, wait: WaitOptions = {}): Promise<void> {
    await makeFolderWithin(this.dir, RUNS);
    await this.alone(async (lease) => {
      await removeUnfinished([this.#manifestFile, join(this.dir, WHOLE)]);
      await this.tidy();
      const before = await this.#hashesBefore();
      for (const [key, hash] of hashes) {
        const known = before.get(key);
        if (known === undefined || known === hash) continue;
        const what = `the samples of ${key} are others than those of the runs that are there`;
        throw new SpikeletError("CHECKSUM_MISMATCH", this.dir, `${what}: give another --out`);
      }
      const manifest = { format: 1, name, version, plan: json, data: Object.fromEntries([...before, ...hashes]) };
      await lease.save(this.#manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
    }, wait);
  }

  /** @throws {SpikeletError} `DATA_FORMAT` where there is no study. */
  async manifest(): Promise<Manifest> {
    const file = this.#manifestFile;
    let json: Json;
    try {
      json = parseJson((await readPlain(file)).toString(), file);
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

  /**
   * Whether a run is this process's to work at, now. No result depends on it: at worst two processes do the same work.
   *
   * @throws {SpikeletError} `WRITE_FAILED` where no file can be made.
   */
  async claim(id: string): Promise<boolean> {
    if (this.#claims.has(id)) return false;
    const found = await Lease.attempt(this.#claimOf(id), this.#watch);
    if (!(found instanceof Lease)) return false;
    this.#claims.set(id, found);
    return true;
  }

  /** The place of the lease that {@link claim} got. */
  placeOf(id: string): string {
    return this.#claims.get(id)?.place ?? join(this.#claimOf(id), "none");
  }

  /** Gives up what {@link claim} got. */
  release(id: string): void {
    this.#claims.get(id)?.release();
    this.#claims.delete(id);
  }

  /**
   * Puts the record of a run in its place as a whole or not at all.
   *
   * @param place that of the lease of the run, which may be another process's.
   * @throws {SpikeletError} `FOLDER_IN_USE` where another process has taken over the run, `WRITE_FAILED`.
   */
  async add(record: RunRecord, place: string): Promise<void> {
    await saveFrom(place, this.#fileOf(record.id), `${JSON.stringify(record)}\n`);
  }

  /** Does what nobody else may do in this folder meanwhile. */
  async alone<T>(work: (lease: Lease) => Promise<T>, { onWait, ...options }: WaitOptions = {}): Promise<T> {
    const told = (owner: string, isUnknown: boolean) => isUnknown && onWait?.(owner);
    using lease = await Lease.takeWhenFree(join(this.dir, WHOLE), { ...options, pause: POLL, onWait: told });
    return await work(lease);
  }

  /** Removes what processes that were killed have left: leases, and records that they did not write to their end. */
  async tidy(): Promise<void> {
    const names = await this.#names();
    const left = new Set(names.flatMap((name) => LEFT.exec(name)?.[1] ?? []));
    for (const id of left) {
      if (!(await this.claim(id))) continue;
      // What was there before the run was claimed: another may be at it by now.
      const unfinished = names.filter((name) => name.startsWith(`.${id}.`) && LEFT.test(name));
      for (const name of unfinished) await removeTree(join(this.#runs, name));
      this.release(id);
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
      text = (await readPlain(file)).toString();
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

  #claimOf(id: string): string {
    return join(this.#runs, `${id}${CLAIM}`);
  }

  #fileOf(id: string): string {
    return StudyFolder.recordIn(this.dir, id);
  }

  /** The file of a record in the folder of a study. */
  static recordIn(dir: string, id: string): string {
    return join(dir, RUNS, `${id}.json`);
  }
}
