import { type UnzipFileInfo, type Unzipped, unzip, unzipSync } from "fflate";
import { SpikeletError } from "../errors.js";

/** Most bytes an archive may unpack to, so that a small file can't fill the memory. */
const MOST_BYTES = 2 ** 31;
/** Deflate can't shrink by more than this. */
const MOST_SHRINKING = 1032;
/** A file takes at least as many bytes of the directory of its archive. */
const DIRECTORY_ENTRY = 46;

/**
 * The names of the files in a ZIP archive.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive.
 */
export function namesIn(archive: Uint8Array): string[] {
  const names: string[] = [];
  const count = counted(archive);
  try {
    unzipSync(archive, {
      filter: ({ name }) => {
        count();
        names.push(name);
        return false;
      },
    });
  } catch (cause) {
    throw damaged(cause);
  }
  return names;
}

/**
 * The files of a ZIP archive whose names end so.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a damaged archive, and for what claims to unpack to more than it can.
 */
export function unpack(archive: Uint8Array, ending: string): Promise<Unzipped> {
  const count = counted(archive);
  let total = 0;
  const filter = ({ name, size, originalSize }: UnzipFileInfo) => {
    count();
    total += originalSize;
    if (originalSize > size * MOST_SHRINKING + MOST_SHRINKING || size > archive.length || total > MOST_BYTES) {
      throw new Error(`${name} says that it unpacks to ${originalSize} bytes`);
    }
    return name.endsWith(ending);
  };
  return new Promise((resolve, reject) => {
    try {
      unzip(archive, { filter }, (error, files) => (error ? reject(damaged(error)) : resolve(files)));
    } catch (cause) {
      reject(damaged(cause));
    }
  });
}

/** Counts files, of which a directory may claim billions. */
function counted(archive: Uint8Array): () => void {
  const most = archive.length / DIRECTORY_ENTRY;
  let files = 0;
  return () => {
    files += 1;
    if (files > most) throw new Error("its directory claims more files than it can hold");
  };
}

function damaged(cause: unknown): SpikeletError {
  return new SpikeletError(
    "DATA_FORMAT",
    "",
    `is a damaged archive (${cause instanceof Error ? cause.message : String(cause)})`,
    cause,
  );
}
