import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** Checksums that a file should have, in hexadecimal. */
export interface Checksums {
  md5: string;
  sha256?: string | undefined;
}

/** The checksum that is compared: the stronger one that is known. */
export function expectedSum({ md5, sha256 }: Checksums): { algorithm: "sha256" | "md5"; sum: string } {
  return sha256 === undefined ? { algorithm: "md5", sum: md5 } : { algorithm: "sha256", sum: sha256 };
}

/** A checksum of a file, in hexadecimal. */
export async function sumOf(file: string, algorithm: "sha256" | "md5"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Whether a file has its checksum. */
export async function isIntact(file: string, sums: Checksums): Promise<boolean> {
  const { algorithm, sum } = expectedSum(sums);
  return (await sumOf(file, algorithm)) === sum;
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
