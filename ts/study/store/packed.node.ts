import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { SpikeletError } from "../../errors.js";
import { makeFolderWithin, save, unreadable } from "../../io/files.node.js";
import { isObject, type Json, parseJson } from "../../json.js";
import { checkedRecord, withoutHistory } from "./record.js";
import { checkedManifest, type StoredRecords, type StoredStudy } from "./stored-study.js";
import { MANIFEST, RUNS, StudyFolder } from "./study-folder.node.js";

/** End of the name of a packed file. */
const PACKED = /\.ndjson(\.gz)?$/;
/** End of the name of one that is compressed besides. */
const COMPRESSED = ".gz";
/** Most bytes that a compressed file may hold: as many as a string of JavaScript. */
const MAX_UNPACKED = 2 ** 29 - 24;

/** A folder of a study with the folders in it, or the file that they are packed in. */
export interface StoredStudies {
  /** The study of a folder, from the outermost, which is `""`; `undefined` where there is none. */
  study(folder?: string): StoredStudy | undefined;
  /** Paths of all folders that hold a study, from the outermost. */
  folders(): Promise<string[]>;
}

/**
 * Opens the studies of a folder, or of a packed file, whose name ends in `.ndjson` or `.ndjson.gz`.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a file that can't be read.
 */
export async function storedStudies(path: string): Promise<StoredStudies> {
  if (isPacked(path)) return PackedStudies.read(path);
  return {
    study(folder = "") {
      const dir = join(path, folder);
      return existsSync(join(dir, MANIFEST)) ? new StudyFolder(dir) : undefined;
    },
    folders: () => foldersIn(path, ""),
  };
}

/** Whether a path names a packed file. */
export function isPacked(path: string): boolean {
  return PACKED.test(path);
}

/** A line of a packed file: the manifest of a folder, or a record of it. */
type Line = { folder?: string; study: Json } | { folder?: string; run: Json };

/** A line that was read. */
interface Entry {
  json: Json;
  /** File and number of the line, for messages. */
  place: string;
}

/** Studies of one file, a line for each manifest and each record. */
class PackedStudies implements StoredStudies {
  readonly #file: string;
  readonly #manifests = new Map<string, Entry>();
  readonly #records = new Map<string, Entry[]>();
  readonly #damaged: SpikeletError[] = [];

  private constructor(file: string, text: string) {
    this.#file = file;
    for (const [k, line] of text.split("\n").entries()) {
      if (line === "") continue;
      const place = `${file}:${k + 1}`;
      try {
        this.#take(parseJson(line, place), place);
      } catch (thrown) {
        if (!(thrown instanceof SpikeletError)) throw thrown;
        this.#damaged.push(thrown);
      }
    }
  }

  /** Whoever reads one folder after the other takes the file apart once. */
  static #last: { key: string; studies: WeakRef<PackedStudies> } | undefined;

  static async read(file: string): Promise<PackedStudies> {
    try {
      const { mtimeNs, size, ino } = await stat(file, { bigint: true });
      const key = [resolve(file), ino, mtimeNs, size].join(":");
      const known = PackedStudies.#last?.key === key ? PackedStudies.#last.studies.deref() : undefined;
      if (known !== undefined) return known;
      const studies = new PackedStudies(file, await textOf(file));
      PackedStudies.#last = { key, studies: new WeakRef(studies) };
      return studies;
    } catch (cause) {
      throw unreadable(file, cause);
    }
  }

  study(folder = ""): StoredStudy | undefined {
    const manifest = this.#manifests.get(folder);
    if (manifest === undefined) return undefined;
    return {
      dir: this.#file,
      manifest: async () => checkedManifest(manifest.json, manifest.place),
      records: () => this.#recordsOf(folder),
    };
  }

  async folders(): Promise<string[]> {
    return [...this.#manifests.keys()];
  }

  /** What the manifest of a folder says, with fields that are not of this version. */
  manifestOf(folder: string): Json | undefined {
    return this.#manifests.get(folder)?.json;
  }

  #take(json: Json, place: string): void {
    const { folder = "", study, run } = isObject(json) ? json : {};
    if (typeof folder !== "string" || (study === undefined) === (run === undefined)) {
      throw new SpikeletError("DATA_FORMAT", place, "is no line of a packed study");
    }
    if (study !== undefined) this.#manifests.set(folder, { json: study, place });
    if (run === undefined) return;
    const records = this.#records.get(folder) ?? [];
    records.push({ json: run, place });
    this.#records.set(folder, records);
  }

  /** Lines of which it is not known whose record they were count as damaged in every study. */
  async #recordsOf(folder: string): Promise<StoredRecords> {
    const stored: StoredRecords = { records: [], damaged: [...this.#damaged] };
    for (const { json, place } of this.#records.get(folder) ?? []) {
      try {
        stored.records.push(await checkedRecord(json, place));
      } catch (thrown) {
        if (!(thrown instanceof SpikeletError)) throw thrown;
        stored.damaged.push(thrown);
      }
    }
    return stored;
  }
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  if (!file.endsWith(COMPRESSED)) return bytes.toString("utf8");
  return (await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED })).toString("utf8");
}

/**
 * Packs the studies of a folder, and of the folders in it, in one file: a line for each manifest and each record, sorted by folder and
 * id. Records lose the history of their epochs, but for the last. A name that ends in `.gz` compresses it.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` where the objective is of the history, `DATA_FORMAT` and `CHECKSUM_MISMATCH` for a damaged record, `DATA_FORMAT` where there is no study, `WRITE_FAILED`.
 */
export async function packStudy(dir: string, file: string): Promise<void> {
  const lines: Line[] = [];
  for (const folder of await foldersIn(dir, "")) {
    const inner = new StudyFolder(join(dir, folder));
    const { objective } = (await inner.manifest()).plan;
    if (objective.metric.startsWith("history")) {
      throw new SpikeletError(
        "CONFIG_INVALID",
        inner.dir,
        `is ranked by ${objective.metric}, which a packed study does not have`,
      );
    }
    const place = folder === "" ? {} : { folder };
    lines.push({ ...place, study: parseJson(await readFile(join(dir, folder, MANIFEST), "utf8"), folder) });
    const { records, damaged } = await inner.records();
    if (damaged[0] !== undefined) throw damaged[0];
    for (const record of records) lines.push({ ...place, run: (await withoutHistory(record)) as unknown as Json });
  }
  if (lines.length === 0) throw new SpikeletError("DATA_FORMAT", dir, `has no ${MANIFEST}: is this the folder of a study?`);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await save(file, file.endsWith(COMPRESSED) ? await promisify(gzip)(text, { level: 9 }) : text);
}

/**
 * Makes folders of a packed file again, so that `sweep` goes on with its studies. What a folder has already stays as it is.
 *
 * @throws {SpikeletError} `DATA_FORMAT` and `CHECKSUM_MISMATCH` for a damaged file, before anything is written; `WRITE_FAILED`.
 */
export async function unpackStudy(file: string, dir: string): Promise<void> {
  const packed = await PackedStudies.read(file);
  const folders = await packed.folders();
  if (folders.length === 0) throw new SpikeletError("DATA_FORMAT", file, "holds no study");
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const study = packed.study(folder) as StoredStudy;
    await study.manifest();
    const { records, damaged } = await study.records();
    if (damaged[0] !== undefined) throw damaged[0];
    if (folder !== "" && !FOLDER.test(folder))
      throw new SpikeletError("DATA_FORMAT", file, `"${folder}" is no folder within another`);
    texts.set(join(dir, folder, MANIFEST), `${JSON.stringify(packed.manifestOf(folder), null, 2)}\n`);
    for (const record of records) texts.set(StudyFolder.recordIn(join(dir, folder), record.id), `${JSON.stringify(record)}\n`);
  }
  for (const folder of folders) await makeFolderWithin(dir, join(folder, RUNS));
  for (const [path, text] of texts) {
    if (!existsSync(path)) await save(path, text);
  }
}

/** Names that lead nowhere else. */
const FOLDER = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;

/** Paths of the folders that hold a study, from the outermost, in the order of their names. */
async function foldersIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch((cause) => {
    throw unreadable(join(dir, folder), cause);
  });
  const inner: string[] = [];
  for (const entry of entries.filter((one) => one.isDirectory() && one.name !== "runs").sort(byName)) {
    inner.push(...(await foldersIn(dir, folder === "" ? entry.name : `${folder}/${entry.name}`)));
  }
  return existsSync(join(dir, folder, MANIFEST)) ? [folder, ...inner] : inner;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
