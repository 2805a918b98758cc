import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Links are not followed, and a pipe that nobody writes into is not waited for; Windows knows neither flag. */
const READING = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file that somebody else may have made, opened for reading; `undefined` where there is none, or something else. */
export async function openPlain(file: string): Promise<FileHandle | undefined> {
  const handle = await open(file, READING).catch(() => undefined);
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
