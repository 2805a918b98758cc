import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { PublishedFile, PublishedSet } from "../../datasets/published.js";
import { SpikeletError } from "../../errors.js";
import { makeFolder, writtenInto } from "../../io/files.node.js";
import { Lease } from "../../io/lease.node.js";
import { addressesOf, maxBytesOf } from "../sets/published.js";
import { contentMd5Of, contentsSumOf, expectedSum, isIntact, sumOf } from "./checksum.js";
import { type DownloadOptions, download } from "./download.js";
import { unzip } from "./unzip.js";

/** Where fetched data sets lie unless `--dir` says otherwise: the user's cache. */
export function defaultFolder(name: string): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "spikelet", name);
}

/**
 * State of a file: `ok` has its published checksum; `repacked` has the published content in another packing; `unpacked` was
 * unpacked and its archive is gone, so that nothing can be compared; `wrong` differs; `missing` is not there.
 */
export type FileState = "ok" | "repacked" | "unpacked" | "wrong" | "missing";

/** Compares a file with what was published. */
export async function stateOf(dir: string, file: PublishedFile): Promise<FileState> {
  const { name, contentMd5, contentsSha256, unpacksTo } = file;
  const path = join(dir, name);
  const isUnpacked = unpacksTo !== undefined && existsSync(join(dir, unpacksTo));
  if (contentsSha256 !== undefined) {
    if (!isUnpacked) return "missing";
    return (await contentsSumOf(join(dir, unpacksTo))) === contentsSha256 ? "ok" : "wrong";
  }
  if (existsSync(path)) {
    if (await isIntact(path, file)) return unpacksTo === undefined || isUnpacked ? "ok" : "missing";
    return contentMd5 !== undefined && (await contentMd5Of(path)) === contentMd5 ? "repacked" : "wrong";
  }
  if (isUnpacked) return "unpacked";
  const plain = join(dir, name.replace(/\.gz$/, ""));
  if (plain === path || !existsSync(plain)) return "missing";
  return contentMd5 === undefined || (await sumOf(plain, "md5")) === contentMd5 ? "unpacked" : "wrong";
}

export interface FetchOptions extends DownloadOptions {
  /** A base address to try before the published ones. */
  mirror?: string | undefined;
  /** Called with every file and what was done with it. */
  onFile?: (file: PublishedFile, what: "present" | "fetched") => void;
  /** Called with a file that another process is fetching into the same folder. */
  onWait?: (name: string) => void;
}

/**
 * Makes a folder hold a data set: fetches what is missing, checks it, unpacks archives.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH` for a file that is there and differs: it is never replaced; else like
 * {@link download}; `WRITE_FAILED`.
 */
export async function fetchSet(set: PublishedSet, dir: string, options: FetchOptions): Promise<void> {
  await makeFolder(dir);
  for (const file of set.files) {
    using _ = await lockFile(dir, file.name, options);
    const state = await stateOf(dir, file);
    const path = join(dir, file.name);
    if (state === "wrong") {
      const { algorithm, sum } = expectedSum(file) ?? { algorithm: "sha256 of its list of files", sum: file.contentsSha256 };
      const message = `is there with another content than was published (${algorithm} ${sum}): move it away`;
      throw new SpikeletError("CHECKSUM_MISMATCH", file.contentsSha256 ? join(dir, file.unpacksTo ?? "") : path, message);
    }
    if (state !== "missing") {
      options.onFile?.(file, "present");
      continue;
    }
    if (!existsSync(path)) {
      const { name, md5, sha256 } = file;
      const urls = addressesOf(set, file, options.mirror);
      await writtenInto(dir, download({ name, md5, sha256, maxBytes: maxBytesOf(set, file), urls }, dir, options));
    }
    if (file.unpacksTo !== undefined) {
      const { inside, contentsSha256 } = file;
      const check = contentsSha256 === undefined ? undefined : (folder: string) => sameContents(folder, path, contentsSha256);
      await writtenInto(dir, unzip(path, dir, file.unpacksTo, { signal: options.signal, inside, check }));
    }
    options.onFile?.(file, "fetched");
  }
}

/** Refuses a folder that was unpacked from `archive` and does not hold what was published. */
async function sameContents(folder: string, archive: string, expected: string): Promise<void> {
  const found = await contentsSumOf(folder);
  if (found === expected) return;
  const message = `holds other files than were published: the sha256 of their list must be ${expected}, is ${found}`;
  throw new SpikeletError("CHECKSUM_MISMATCH", archive, message);
}

/** Waits until no other process fetches a file into a folder, and keeps others from it until it is disposed. */
function lockFile(dir: string, name: string, { signal, onWait, pause }: FetchOptions): Promise<Lease> {
  return Lease.takeWhenFree(join(dir, `.${name}.lock`), {
    ...(signal ? { signal } : {}),
    ...(pause === undefined ? {} : { pause }),
    ...(onWait ? { onWait: () => onWait(name) } : {}),
  });
}
