import { constants, createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { Unzip, UnzipInflate } from "fflate";
import { SpikeletError } from "../../errors.js";
import { makeFolder, syncFolder } from "../../io/files.node.js";

interface Piece {
  name: string;
  data: Uint8Array;
  isLast: boolean;
}

/** How an archive is unpacked. */
export interface UnzipOptions {
  signal?: AbortSignal | undefined;
  /** Folder of the archive that holds `root`, with a slash at its end; its top by default. */
  inside?: string | undefined;
  /** Looks at what was unpacked before it gets its name. */
  check?: ((place: string) => Promise<void>) | undefined;
}

/**
 * Unpacks what an archive holds under `root`, a file or a folder, into `dir`. It appears there under its name when all of it is
 * written, and on the disk; only a few pieces are in memory at a time.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, one without `root`, and names that lead out of the folder; an
 * abort throws the signal's reason, and a folder that takes no files what the system says.
 */
export async function unzip(archive: string, dir: string, root: string, options: UnzipOptions = {}): Promise<void> {
  const { signal, inside = "", check } = options;
  const temporary = join(dir, `.${root}.unpacking`);
  await rm(temporary, { recursive: true, force: true });
  try {
    await unpack(archive, temporary, inside + root, signal);
    const found = join(temporary, inside, root);
    if (!existsSync(found)) throw new SpikeletError("DATA_FORMAT", archive, `does not contain ${root}`);
    await check?.(found);
    await rename(found, join(dir, root));
    await syncFolder(dir);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function unpack(archive: string, into: string, root: string, signal?: AbortSignal): Promise<void> {
  await makeFolder(into);
  const pieces: Piece[] = [];
  let failure: Error | undefined;
  const reader = new Unzip((entry) => {
    const { name } = entry;
    if (name.endsWith("/") || (name !== root && !name.startsWith(`${root}/`))) return;
    entry.ondata = (error, data, isLast) => {
      failure ??= error ?? undefined;
      pieces.push({ name, data, isLast });
    };
    entry.start();
  });
  reader.register(UnzipInflate);
  const writer = new TreeWriter(archive, into);
  try {
    for await (const chunk of createReadStream(archive, { highWaterMark: 1 << 20 })) {
      signal?.throwIfAborted();
      push(reader, archive, chunk, false);
      if (failure !== undefined) throw damaged(archive, failure);
      for (const piece of pieces.splice(0)) await writer.write(piece);
    }
    push(reader, archive, new Uint8Array(0), true);
    for (const piece of pieces.splice(0)) await writer.write(piece);
    if (writer.isOpen) throw damaged(archive, new Error("it ends inside a file"));
    await writer.sync();
  } finally {
    await writer.close();
  }
}

function push(reader: Unzip, archive: string, chunk: Uint8Array, isLast: boolean): void {
  try {
    reader.push(chunk, isLast);
  } catch (cause) {
    throw damaged(archive, cause);
  }
}

function damaged(archive: string, cause: unknown): SpikeletError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new SpikeletError("DATA_FORMAT", archive, `is a damaged archive (${what})`, cause);
}

/** Writes files piece by piece, one after the other. */
class TreeWriter {
  readonly #archive: string;
  readonly #into: string;
  readonly #folders = new Set<string>();
  #file: FileHandle | undefined;

  constructor(archive: string, into: string) {
    this.#archive = archive;
    this.#into = into;
  }

  /** Whether the last file has not ended. */
  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  async write({ name, data, isLast }: Piece): Promise<void> {
    this.#file ??= await this.#opened(name);
    // `write` may take less than it is given.
    await this.#file.writeFile(data);
    if (!isLast) return;
    await this.#file.sync();
    await this.close();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Puts the names of what was written on the disk, too. */
  async sync(): Promise<void> {
    for (const folder of this.#folders) await syncFolder(folder);
  }

  async #opened(name: string): Promise<FileHandle> {
    const place = await this.#place(name);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
    return open(place, flags, 0o666).catch((cause) => {
      if (cause.code !== "EEXIST") throw cause;
      throw new SpikeletError("DATA_FORMAT", this.#archive, `holds a name twice: ${name}`, cause);
    });
  }

  async #place(name: string): Promise<string> {
    const place = normalize(join(this.#into, name));
    if (!place.startsWith(this.#into + sep)) {
      throw new SpikeletError("DATA_FORMAT", this.#archive, `holds a name that leads out of the folder: ${name}`);
    }
    const folder = dirname(place);
    if (!this.#folders.has(folder)) await makeFolder(folder);
    this.#folders.add(folder);
    return place;
  }
}
