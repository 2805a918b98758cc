import { SpikeletError } from "../errors.js";
import type { ByteBudget } from "./byte-budget.js";
import { crc32 } from "./crc32.js";
import { inflate } from "./inflate.js";
import { type ArchiveEntry, entriesOf } from "./zip-directory.js";

/** Deflate can't shrink by more than this. */
const MAX_SHRINKING = 1032;

/** A file out of an archive. */
export interface ArchivedFile {
  name: string;
  bytes: Uint8Array;
}

/**
 * The names of the files in a ZIP archive. What is stored in it without being packed is held to its checksum.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive.
 */
export function checkedNames(archive: Uint8Array): string[] {
  const entries = entriesOf(archive);
  for (const entry of entries) if (!entry.isDeflated) checkContent(entry, entry.packed);
  return entries.map(({ name }) => name);
}

/**
 * The files of a ZIP archive whose names end so, one after the other. The sizes of all of them are taken from the budget before the first is
 * unpacked, and the checksum of each is compared.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, and for one that unpacks to more than the budget.
 */
export async function* unpacked(archive: Uint8Array, ending: string, budget: ByteBudget): AsyncGenerator<ArchivedFile> {
  const matching = entriesOf(archive).filter(({ name }) => name.endsWith(ending));
  for (const { name, size } of matching) budget.take(size, name);
  for (const entry of matching) yield { name: entry.name, bytes: await contentOf(entry) };
}

async function contentOf(entry: ArchiveEntry): Promise<Uint8Array> {
  const content = entry.isDeflated ? await inflated(entry) : entry.packed;
  checkContent(entry, content);
  return content;
}

function checkContent(entry: ArchiveEntry, content: Uint8Array): void {
  const found = crc32(content);
  if (content.length === entry.size && found === entry.crc) return;
  throw damaged(entry, `has ${content.length} bytes with the checksum ${hex(found)}, not ${entry.size} with ${hex(entry.crc)}`);
}

async function inflated(entry: ArchiveEntry): Promise<Uint8Array> {
  const { packed, size } = entry;
  if (size > (packed.length + 1) * MAX_SHRINKING) throw damaged(entry, `claims to unpack to ${size} bytes`);
  const content = new Uint8Array(size);
  let end = 0;
  const append = (piece: Uint8Array) => {
    if (end + piece.length > size) throw damaged(entry, `unpacks to more than the ${size} bytes that it says`);
    content.set(piece, end);
    end += piece.length;
  };
  try {
    await inflate(packed, "deflate-raw", append);
  } catch (cause) {
    if (cause instanceof SpikeletError) throw cause;
    throw damaged(entry, `can't be unpacked (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  return content.subarray(0, end);
}

function damaged({ name }: ArchiveEntry, what: string, cause?: unknown): SpikeletError {
  return new SpikeletError("DATA_FORMAT", name, `is damaged: it ${what}`, cause);
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}
