import { randomBytes } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { OwnBytes } from "./bytes.js";
import { fileContent } from "./content.js";

/**
 * Writes bytes so that the file is either the old or the whole new one, also when the machine fails meanwhile: to a
 * temporary file in the same folder, to the disk, then renamed. Devices and pipes that `file` names, such as `/dev/stdout`, are written
 * into; a link is replaced, whatever it leads to.
 *
 * @param bytes a checkpoint, or the promise of one: `save("net.safetensors", trainer.checkpoint())`.
 * @throws {SpikeletError} `WRITE_FAILED`; what the file held before is still there.
 */
export async function save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void> {
  text(file, "file");
  const content = fileContent(await bytes, "bytes");
  try {
    await ((await isDeviceOrPipe(file)) ? writeInto(file, content) : replace(file, content));
  } catch (cause) {
    throw new SpikeletError("WRITE_FAILED", file, `can't be written (${reasonOf(cause)})`, cause);
  }
}

/** Links in there are the system's own: `/dev/stdout` leads to whatever the output of the process is. */
const OF_SYSTEM = /^\/(dev|proc)\//;

async function isDeviceOrPipe(file: string): Promise<boolean> {
  const state = await lstat(file).catch(() => undefined);
  if (state?.isSymbolicLink()) return OF_SYSTEM.test(join(await realpath(dirname(file)), "/"));
  return state !== undefined && !state.isFile() && !state.isDirectory();
}

async function writeInto(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

async function replace(file: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await create(temporary, content);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}

/** A name that nothing has yet, for what will be `file` when it is whole; {@link removeUnfinished} knows it. */
export function temporaryBeside(file: string): string {
  return join(dirname(file), `${temporaryStart(file)}${randomBytes(8).toString("hex")}.tmp`);
}

/** How the names of temporary files for `file` begin. */
function temporaryStart(file: string): string {
  return `.${basename(file)}.`;
}

/** How they end. */
const TEMPORARY_END = /^[0-9a-f]+\.tmp$/;

/**
 * Writes a file that must not be there to the disk, or none where that fails; a link of that name is there too, and never
 * followed.
 */
export async function create(file: string, content: Uint8Array | string): Promise<void> {
  // Windows has no O_NOFOLLOW, and O_EXCL alone follows no link either.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags, 0o666);
  try {
    await writeToDisk(handle, content);
  } catch (cause) {
    await rm(file, { force: true }).catch(() => undefined);
    throw cause;
  }
}

async function writeToDisk(handle: FileHandle, content: Uint8Array | string): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes what a process that was killed in the middle of {@link save} or of taking a lease left beside these files.
 *
 * @param files of one folder.
 */
export async function removeUnfinished(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const start = temporaryStart(file);
    const isUnfinished = (name: string) => name.startsWith(start) && TEMPORARY_END.test(name.slice(start.length));
    const names = (await readdir(dirname(file))).filter(isUnfinished);
    await Promise.all(names.map((name) => removeTree(join(dirname(file), name))));
  }
}

/** Puts the names in a folder on the disk, where the system can: Windows opens no folders. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Removes a file or a folder with all that is in it, where there is one; a link, not what it leads to.
 *
 * @throws {SpikeletError} `WRITE_FAILED`.
 */
export async function removeTree(file: string): Promise<void> {
  try {
    await rm(file, { force: true, recursive: true });
  } catch (cause) {
    throw new SpikeletError("WRITE_FAILED", file, `can't be removed (${reasonOf(cause)})`, cause);
  }
}

/**
 * Makes a folder where there is none, and those that it lies in.
 *
 * @throws {SpikeletError} `WRITE_FAILED`.
 */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await makeFolders(dir);
  } catch (cause) {
    throw unwritable(dir, cause);
  }
}

/**
 * Makes a folder within another one, and those between them; none of them may be a link, which could lead anywhere.
 *
 * @param path of the folder, from `root`.
 * @throws {SpikeletError} `WRITE_FAILED`.
 */
export async function makeFolderWithin(root: string, path: string): Promise<void> {
  await makeFolder(root);
  let dir = root;
  for (const name of path.split(/[\\/]/)) {
    dir = join(dir, name);
    await makeFolder(dir);
    const isLink = (await lstat(dir)).isSymbolicLink();
    if (isLink) throw new SpikeletError("WRITE_FAILED", dir, "is a link, and must be a folder: nothing is written through links");
  }
}

/** Not `recursive: true`, which never returns where a folder is refused with ENOENT, as below /proc. */
async function makeFolders(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (thrown) {
    if (await isFolder(dir)) return;
    const isAlone = (thrown as NodeJS.ErrnoException).code === "ENOENT" && !existsSync(dirname(dir));
    if (!isAlone) throw thrown;
    await makeFolders(dirname(dir));
    await mkdir(dir).catch(async (again: unknown) => {
      if (!(await isFolder(dir))) throw again;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  const state = await stat(path).catch(() => undefined);
  return state?.isDirectory() === true;
}

/** A `WRITE_FAILED` error for a folder that takes no files. */
export function unwritable(dir: string, cause: unknown): SpikeletError {
  return new SpikeletError("WRITE_FAILED", dir, `can't be written into (${reasonOf(cause)})`, cause);
}

/** Returns the result of work that writes into a folder; turns errors of the system into errors about the folder. */
export async function writtenInto<T>(dir: string, work: Promise<T>): Promise<T> {
  return work.catch((thrown) => {
    const isOfSystem = thrown instanceof Error && "syscall" in thrown;
    throw isOfSystem ? unwritable(dir, thrown) : thrown;
  });
}

/**
 * Reads a file whole, for example a checkpoint.
 *
 * @throws {SpikeletError} `READ_FAILED` when it can't be read, for example because it is not there.
 */
export async function load(file: string): Promise<OwnBytes> {
  text(file, "file");
  try {
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** The error for a file that could not be read: `READ_FAILED` where the system says so, `DATA_FORMAT` for what it holds. */
export function unreadable(file: string, cause: unknown): SpikeletError {
  const isOfSystem = cause instanceof Error && "syscall" in cause;
  return new SpikeletError(isOfSystem ? "READ_FAILED" : "DATA_FORMAT", file, `can't be read (${reasonOf(cause)})`, cause);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
