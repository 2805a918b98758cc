import { invalid } from "./errors.js";
import { Reader } from "./reader.js";

const MAGIC = 0x4d4b5053;
const VERSION = 1;
const HEADER = 16;

const NETWORK = 1;
const DATA = 2;

/** The sections of a file. */
export interface Sections {
  network: Reader;
  /** JSON of what the network was trained on, if that is known. */
  data: string | undefined;
}

/** Checks magic, version, length and checksum, and finds the sections. */
export function sectionsOf(file: Uint8Array): Sections {
  const [magic, version, length, checksum] = file.length < HEADER ? [] : new Reader(file).words(4);
  if (magic !== MAGIC) throw invalid("is no model file: exportModel writes them");
  if (version !== VERSION) throw invalid(`has version ${version}, ${VERSION} is read here: export it again`);
  if (length !== file.length) throw invalid(`must have ${length} bytes, got ${file.length}`);
  const contents = file.subarray(HEADER);
  if (checksum !== crc32(contents)) throw invalid("has a wrong checksum");
  const reader = new Reader(contents);
  const sections: Reader[] = [];
  while (!reader.isAtEnd) sections[reader.word()] = new Reader(reader.bytes(reader.word()));
  const { [NETWORK]: network, [DATA]: data } = sections;
  if (network === undefined) throw invalid("has no network");
  return { network, data: data && new TextDecoder().decode(data.bytes(data.word())) };
}

/** CRC-32 as in ZIP and PNG files. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (-(crc & 1) & 0xedb8_8320);
  }
  return ~crc >>> 0;
}
