import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** MD5 of a file, in hexadecimal. */
export async function md5Of(file: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(file), hash);
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
