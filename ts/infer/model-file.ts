import { invalid } from "./errors.js";
import { Reader } from "./reader.js";

const MAGIC = 0x4d4b5053;
const HEADER = 16;

/** Sections with a network, in floating-point and in whole numbers. */
export const NETWORK = "NETW";
export const INTEGER_NETWORK = "INTG";
/** By the numbers that version 1 has in the place of names. */
const NAMES = ["", NETWORK, "info", INTEGER_NETWORK];

/** What a network was trained on: `info.trainedOn` of the library. */
export interface TrainedOn {
  inputs: "events" | "images" | "series";
  /** Sizes of the dimensions of a sample. */
  shape?: number[];
  /** Channels of the signals. */
  channels?: number;
  /** Points of a signal per second. */
  sampleRate?: number;
  /** Lowest and highest number of each unit, which became 0 and 1. */
  ranges?: [number, number][];
  /** How images or signals became spikes. */
  encoding?: { type: string };
  /** Names of the classes, by output. */
  classes?: string[];
}

/**
 * Makes something of the section of a network, and of what that was trained on, if that is known.
 *
 * @throws {InferError} `MODEL_INVALID` for bytes that are not a whole, unchanged model file of a version of the format that is
 * read here, or have no such section, and where `make` throws.
 */
export function readModel<T>(
  bytes: Uint8Array | ArrayBuffer,
  kind: string,
  make: (network: Reader, trainedOn: TrainedOn | undefined) => T,
): T {
  // Memory has a length as well, but is in no other.
  const { buffer = bytes as ArrayBuffer, byteOffset, byteLength }: Partial<Uint8Array> = bytes as Uint8Array;
  const file = new Uint8Array(buffer, byteOffset, byteLength);
  const [magic, version, length, checksum] = file.length < HEADER ? [] : new Reader(file).words(4);
  if (magic !== MAGIC) throw invalid("is no model file: exportModel writes them");
  if (version !== 1 && version !== 2) throw invalid(`has version ${version}, 1 and 2 are read here`);
  if (length !== file.length) throw invalid(`must have ${length} bytes, got ${file.length}`);
  const contents = file.subarray(HEADER);
  if (checksum !== crc32(contents)) throw invalid("has a wrong checksum");
  try {
    const reader = new Reader(contents);
    const sections: Record<string, Reader> = {};
    while (reader.left !== 0) {
      const name = version === 1 ? (NAMES[reader.word()] ?? "") : String.fromCharCode(...reader.bytes(4));
      // Who does not know a section can do without it where its name begins with a small letter.
      if (name < "a" && !NAMES.includes(name)) throw new RangeError(`needs ${name}, which is not known here`);
      sections[name] = new Reader(reader.bytes(reader.word()));
    }
    const { [kind]: network, info: data } = sections;
    if (network === undefined) throw new RangeError("has no network that runs here");
    return make(network, data && JSON.parse(new TextDecoder().decode(data.bytes(data.word()))));
  } catch (thrown) {
    throw invalid((thrown as Error).message);
  }
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
