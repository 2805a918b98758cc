import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unreadable } from "../../io/files.node.js";

/** Checksums that a file should have, in hexadecimal. */
export interface Checksums {
  md5?: string | undefined;
  sha256?: string | undefined;
}

/** The checksum that is compared: the stronger one that is known; `undefined` where none is. */
export function expectedSum({ md5, sha256 }: Checksums): { algorithm: "sha256" | "md5"; sum: string } | undefined {
  if (sha256 !== undefined) return { algorithm: "sha256", sum: sha256 };
  return md5 === undefined ? undefined : { algorithm: "md5", sum: md5 };
}

/**
 * A checksum of a file, in hexadecimal.
 *
 * @throws {SpikeletError} `DATA_FORMAT` when it can't be read.
 */
export async function sumOf(file: string, algorithm: "sha256" | "md5"): Promise<string> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return hash.digest("hex");
}

/** Whether a file has its checksum. */
export async function isIntact(file: string, sums: Checksums): Promise<boolean> {
  const expected = expectedSum(sums);
  return expected === undefined || (await sumOf(file, expected.algorithm)) === expected.sum;
}

/**
 * SHA-256 of the list of a folder's files: SHA-256, two spaces and name of each, a line each, in order of names.
 *
 * @throws {SpikeletError} `DATA_FORMAT` when it can't be read.
 */
export async function contentsSumOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  for (const name of names.sort()) hash.update(`${await sumOf(join(folder, name), "sha256")}  ${name}\n`);
  return hash.digest("hex");
}

/** MD5 of what a gzip file holds; `undefined` when it is damaged. */
export async function contentMd5Of(file: string): Promise<string | undefined> {
  const hash = createHash("md5");
  try {
    await pipeline(createReadStream(file), createGunzip(), hash);
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}
