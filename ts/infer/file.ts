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
  if (file.length < HEADER) throw invalid(`has ${file.length} bytes: give a Uint8Array or an ArrayBuffer`);
  const [magic, version, length, checksum] = new Reader(file).words(4);
  if (magic !== MAGIC) throw invalid("is no model file: `exportModel` writes them");
  if (version !== VERSION) throw invalid(`has version ${version}, ${VERSION} is read here: export it again`);
  if (length !== file.length) throw invalid(`must have ${length} bytes, got ${file.length}`);
  const contents = file.subarray(HEADER);
  if (checksum !== crc32(contents)) throw invalid("has a wrong checksum: it is damaged");
  const reader = new Reader(contents);
  const sections = new Map<number, Reader>();
  while (!reader.isAtEnd) sections.set(reader.word(), new Reader(reader.bytes(reader.word())));
  const network = sections.get(NETWORK);
  if (network === undefined) throw invalid("has no network in floating point");
  const data = sections.get(DATA);
  return { network, data: data && new TextDecoder().decode(data.bytes(data.word())) };
}

/** CRC-32 as in ZIP and PNG files. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, crc) => {
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb8_8320);
    return crc;
  });
  let crc = -1;
  for (let k = 0; k < bytes.length; k++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[k] as number)) & 255] as number);
  return ~crc >>> 0;
}
