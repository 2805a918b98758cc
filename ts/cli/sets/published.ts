import type { PublishedFile, PublishedSet } from "../../datasets/published.js";
import { SpikeletError } from "../../errors.js";

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
