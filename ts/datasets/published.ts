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
