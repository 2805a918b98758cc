import { SpikeletError } from "../../errors.js";

/** A file as its publisher offers it. */
export interface PublishedFile {
  name: string;
  /** MD5 of the file, as published; where there is none, `contentsSha256` is known. */
  md5?: string;
  /** SHA-256 of the file, where somebody has published it. Without it the file is fetched over https alone. */
  sha256?: string;
  /** MD5 of what a `.gz` file holds, where it is known: files of the same content are often repacked. */
  contentMd5?: string;
  /**
   * SHA-256 of the list of what an archive unpacks to, in order of names: SHA-256, two spaces and name of each file, a line each.
   * For archives that their server packs anew.
   */
  contentsSha256?: string;
  /** Folder of the archive that `unpacksTo` lies in, with a slash at its end. */
  inside?: string;
  /** Bytes, where they are known for certain. */
  bytes?: number;
  /** What an archive is unpacked to: a file or a folder beside it. */
  unpacksTo?: string;
  /** Addresses that differ from the base addresses of the set. */
  urls?: readonly string[];
}

/** A data set that can be fetched. */
export interface PublishedSet {
  title: string;
  source: string;
  licence: string;
  samples: { train: number; test: number };
  /** About how much is fetched, in bytes. */
  size: number;
  /** Base addresses, the first that answers is used. */
  mirrors: readonly string[];
  files: readonly PublishedFile[];
}

/** A file of a set of unknown size may have this many times the size of the set. */
const SIZE_SLACK = 1.5;

/** Bytes that a file has at most. */
export function maxBytesOf(set: PublishedSet, file: PublishedFile): number {
  return file.bytes ?? Math.ceil(set.size * SIZE_SLACK);
}

/**
 * The addresses of a file, the mirrors in their order; `mirror` comes first. Those without encryption are left out where no
 * SHA-256 would show a file that was changed on its way.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for such a `mirror`.
 */
export function addressesOf(set: PublishedSet, file: PublishedFile, mirror?: string): string[] {
  const bases = mirror === undefined ? [] : [mirror.endsWith("/") ? mirror : `${mirror}/`];
  const own = file.urls ?? set.mirrors.map((base) => base + file.name);
  const all = [...bases.map((base) => base + file.name), ...own];
  if (file.sha256 !== undefined || file.contentsSha256 !== undefined) return all;
  if (mirror !== undefined && !mirror.startsWith("https:")) {
    const why = `${file.name} is published with an MD5 alone, which does not show what was changed on the way`;
    throw new SpikeletError("CONFIG_INVALID", "--mirror", `must be an https address, got ${mirror}: ${why}`);
  }
  return all.filter((address) => address.startsWith("https:"));
}
