import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { addressesOf, CATALOGUE, type PublishedFile, type PublishedName, type PublishedSet } from "./catalogue.js";
import { contentMd5Of, md5Of } from "./checksum.js";
import { type DownloadOptions, download } from "./download.js";
import { unzip } from "./unzip.js";

/** Where fetched data sets lie unless `--dir` says otherwise: the user's cache. */
export function defaultFolder(name: string): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "spikelet", name);
}

/**
 * What became of a file: `ok` has its published checksum; `repacked` has the published content in another packing;
 * `unpacked` was unpacked and its archive is gone, so that nothing can be compared; `wrong` differs; `missing` is not there.
 */
export type FileState = "ok" | "repacked" | "unpacked" | "wrong" | "missing";

/** Compares a file with what was published. */
export async function stateOf(dir: string, file: PublishedFile): Promise<FileState> {
  const { name, md5, contentMd5, unpacksTo } = file;
  const path = join(dir, name);
  const isUnpacked = unpacksTo !== undefined && existsSync(join(dir, unpacksTo));
  if (existsSync(path)) {
    if ((await md5Of(path)) === md5) return unpacksTo === undefined || isUnpacked ? "ok" : "missing";
    return contentMd5 !== undefined && (await contentMd5Of(path)) === contentMd5 ? "repacked" : "wrong";
  }
  if (isUnpacked) return "unpacked";
  const plain = join(dir, name.replace(/\.gz$/, ""));
  if (plain === path || !existsSync(plain)) return "missing";
  return contentMd5 === undefined || (await md5Of(plain)) === contentMd5 ? "unpacked" : "wrong";
}

export interface FetchOptions extends DownloadOptions {
  /** A base address to try before the published ones. */
  mirror?: string | undefined;
  /** Hears of every file what was done. */
  onFile?: (file: PublishedFile, what: "present" | "fetched") => void;
}

/**
 * Makes a folder hold a data set: fetches what is missing, checks it, unpacks archives.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH` for a file that is there and differs: it is never replaced; else like
 * {@link download}.
 */
export async function fetchSet(name: PublishedName, dir: string, options: FetchOptions = {}): Promise<void> {
  await fetchFiles(CATALOGUE[name], dir, options);
}

/** {@link fetchSet} for a set that need not be in the catalogue. */
export async function fetchFiles(set: PublishedSet, dir: string, options: FetchOptions): Promise<void> {
  for (const file of set.files) {
    const state = await stateOf(dir, file);
    const path = join(dir, file.name);
    if (state === "wrong") {
      throw new SpikeletError(
        "CHECKSUM_MISMATCH",
        path,
        `is there with another content than was published (MD5 ${file.md5}): move it away`,
      );
    }
    if (state !== "missing") {
      options.onFile?.(file, "present");
      continue;
    }
    if (!existsSync(path)) {
      await download({ name: file.name, md5: file.md5, urls: addressesOf(set, file, options.mirror) }, dir, options);
    }
    if (file.unpacksTo !== undefined) await unzip(path, dir, file.unpacksTo, options.signal);
    options.onFile?.(file, "fetched");
  }
}
