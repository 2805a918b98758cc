import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Links are not followed, and a pipe that nobody writes into is not waited for; Windows knows neither flag. */
const READING = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Content of a file of a folder that somebody else may have written into.
 *
 * @throws where there is none, or a link, a pipe or a device in its place.
 */
export async function readPlain(file: string): Promise<Buffer<ArrayBuffer>> {
  const handle = await open(file, READING);
  try {
    if (!(await handle.stat()).isFile()) throw new Error("it is no file");
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A file that somebody else may have made, opened for reading; `undefined` where there is none, or something else. */
export async function openPlain(file: string): Promise<FileHandle | undefined> {
  const handle = await open(file, READING).catch(() => undefined);
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
