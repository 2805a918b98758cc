import { datasets, type SpikeDataset } from "spikelet";
import { ENCODING } from "./settings.js";

export const SIDE = 28;
const VALIDATION = 600;
/** Upper limit for the digits of a file. */
const MAX_SAMPLES = 70_000;
const HEADER = 4;

export interface Digits {
  train: SpikeDataset;
  validation: SpikeDataset;
}

/** The digits that come with the page, latency-coded. */
export async function loadDigits(): Promise<Digits> {
  const response = await fetch("./digits.bin");
  if (!response.ok || response.body === null) throw new Error(`the digits can't be loaded: ${response.status}`);
  const all = await digitsIn(response.body);
  return { validation: all.slice(0, VALIDATION), train: all.slice(VALIDATION) };
}

/**
 * The digits of a file: their number as a little-endian u32, their classes, a byte each, and their pixels, deflated with a zlib header.
 *
 * @throws {Error} for a damaged file and one of another length than its number says.
 */
export async function digitsIn(packed: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<SpikeDataset> {
  const bytes = await unpacked(packed, HEADER + MAX_SAMPLES * (1 + SIDE * SIDE));
  const samples = bytes.length < HEADER ? 0 : new DataView(bytes.buffer).getUint32(0, true);
  if (samples <= VALIDATION || bytes.length !== HEADER + samples * (1 + SIDE * SIDE)) {
    throw new Error(`the file of the digits is damaged: ${samples} digits do not fit its ${bytes.length} bytes`);
  }
  const labels = bytes.subarray(HEADER, HEADER + samples);
  if (labels.some((label) => label > 9)) throw new Error("the file of the digits is damaged: a class is above 9");
  return digitsOf(bytes.subarray(HEADER + samples), labels);
}

async function unpacked(packed: ReadableStream<Uint8Array<ArrayBuffer>>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = packed.pipeThrough(new DecompressionStream("deflate")).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(read.value);
    length += read.value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new Error(`the file of the digits unpacks to more than ${maxBytes} bytes`);
    }
  }
  const whole = new Uint8Array(length);
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole;
}

export function digitsOf(pixels: Uint8Array, labels: ArrayLike<number>): SpikeDataset {
  return datasets.fromImages({ name: "digits", pixels, labels, shape: [SIDE, SIDE] }).encode(ENCODING);
}
