import { SpikeletError } from "../errors.js";

/** A file of an archive, still packed. */
export interface ArchiveEntry {
  name: string;
  /** Bytes of the entry in the archive, still packed; a view. */
  packed: Uint8Array;
  /** Bytes that it says it unpacks to. */
  size: number;
  /** CRC-32 that its content must have. */
  crc: number;
  /** Whether it is deflated; else it is stored as it is. */
  isDeflated: boolean;
}

const LOCAL = { signature: 0x04034b50, length: 30 };
const DIRECTORY = { signature: 0x02014b50, length: 46 };
const END = { signature: 0x06054b50, length: 22 };
const LARGE_LOCATOR = { signature: 0x07064b50, length: 20 };
const LARGE_END = { signature: 0x06064b50, length: 56 };
const MAX_COMMENT = 0xffff;
/** Stand for what is in a record for larger archives. */
const [ELSEWHERE_16, ELSEWHERE_32] = [0xffff, 0xffff_ffff];
const LARGE_SIZES = 1;
const IS_ENCRYPTED = 1;
const [STORED, DEFLATED] = [0, 8];

/**
 * The files of a ZIP archive by its directory: every record lies inside the archive, and no two files share bytes.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset.
 */
export function entriesOf(archive: Uint8Array): ArchiveEntry[] {
  const reader = new Reader(archive);
  const { count, start } = endOf(reader);
  // Each file has a record, so that a small archive can't claim billions.
  if (count > archive.length / DIRECTORY.length) throw damaged(start, `the directory claims ${count} files, more than fit`);
  const found: { entry: ArchiveEntry; from: number; to: number }[] = [];
  for (let at = start; found.length < count; ) {
    const record = directoryRecord(reader, at);
    found.push(record);
    at = record.next;
  }
  const byPlace = [...found].sort((a, b) => a.from - b.from);
  for (const [k, { entry, from }] of byPlace.entries()) {
    if (k > 0 && from < (byPlace[k - 1]?.to ?? 0)) throw damaged(from, `${entry.name} lies inside another file`);
  }
  if (new Set(found.map(({ entry }) => entry.name)).size < found.length) throw damaged(start, "two files have one name");
  return found.map(({ entry }) => entry);
}

/** How many files there are, and where their directory starts. */
function endOf(reader: Reader): { count: number; start: number } {
  const last = reader.length - END.length;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (reader.long(at) !== END.signature) continue;
    const [count, start] = [reader.short(at + 10), reader.long(at + 16)];
    const locator = at - LARGE_LOCATOR.length;
    if (locator < 0 || reader.long(locator) !== LARGE_LOCATOR.signature) return { count, start };
    const large = reader.huge(locator + 8);
    reader.expect(large, LARGE_END, "the end record of a large archive");
    const all = { count: reader.huge(large + 32), start: reader.huge(large + 48) };
    const isSame = (count === ELSEWHERE_16 || count === all.count) && (start === ELSEWHERE_32 || start === all.start);
    if (!isSame) throw damaged(large, "the two records of the archive's end differ");
    return all;
  }
  throw damaged(reader.length, "the archive ends without its directory: it is no archive, or truncated");
}

function directoryRecord(reader: Reader, at: number) {
  reader.expect(at, DIRECTORY, "a record of the directory");
  const [flags, method, crc] = [reader.short(at + 8), reader.short(at + 10), reader.long(at + 16)];
  const [nameLength, extraLength, commentLength] = [reader.short(at + 28), reader.short(at + 30), reader.short(at + 32)];
  const name = new TextDecoder().decode(reader.part(at + DIRECTORY.length, nameLength));
  const large = largeSizes(reader, at + DIRECTORY.length + nameLength, extraLength);
  const number = (place: number) => {
    const value = reader.long(place);
    return value === ELSEWHERE_32 ? (large.shift() ?? value) : value;
  };
  const [size, packedSize, from] = [number(at + 24), number(at + 20), number(at + 42)];
  if (flags & IS_ENCRYPTED) throw damaged(at, `${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED) throw damaged(at, `${name} is packed by method ${method}, which is not read`);
  reader.expect(from, LOCAL, `the record of ${name}`);
  const start = from + LOCAL.length + reader.short(from + 26) + reader.short(from + 28);
  const packed = reader.part(start, packedSize);
  const next = at + DIRECTORY.length + nameLength + extraLength + commentLength;
  return { entry: { name, packed, size, crc, isDeflated: method === DEFLATED }, from, to: start + packedSize, next };
}

/** The numbers of 8 bytes that an extra field holds for those that don't fit into 4, in their order. */
function largeSizes(reader: Reader, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + reader.short(at + 2)) {
    if (reader.short(at) !== LARGE_SIZES) continue;
    return Array.from({ length: Math.floor(reader.short(at + 2) / 8) }, (_, k) => reader.huge(at + 4 + 8 * k));
  }
  return [];
}

/** Little-endian numbers of an archive. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  short(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  long(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  huge(at: number): number {
    this.#check(at, 8);
    return Number(this.#view.getBigUint64(at, true));
  }

  part(at: number, length: number): Uint8Array {
    this.#check(at, length);
    return this.#bytes.subarray(at, at + length);
  }

  expect(at: number, record: { signature: number; length: number }, what: string): void {
    this.#check(at, record.length);
    if (this.long(at) !== record.signature) throw damaged(at, `expected ${what}`);
  }

  #check(at: number, length: number): void {
    if (at + length > this.#bytes.length) throw damaged(this.#bytes.length, `the archive ends before byte ${at + length}`);
  }
}

function damaged(place: number, message: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", "", `byte ${place}: ${message}`);
}
