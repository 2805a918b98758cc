import { SpikeletError } from "../errors.js";

/** `GCOL` and the version: what a global heap begins with, where HDF5 keeps texts and lists. */
const SIGNATURE = [0x47, 0x43, 0x4f, 0x4c, 1];
const HEADER = 16;
const ALIGNMENT = 8;

/**
 * Refuses a file with a damaged heap of texts or lists, in which the HDF5 library would go round for ever.
 *
 * @returns the bytes of the longest text or list: many places of a data set may refer to the same one.
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset.
 */
export function checkHeaps(bytes: Uint8Array): number {
  let longest = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + HEADER <= bytes.length; start += ALIGNMENT) {
    if (bytes[start] === SIGNATURE[0] && SIGNATURE.every((byte, place) => bytes[start + place] === byte)) {
      longest = Math.max(longest, checkHeap(view, start));
    }
  }
  return longest;
}

/** A heap is its size and then objects, each a header with its number and size, the last one number 0: the free space, header included. */
function checkHeap(view: DataView, start: number): number {
  let longest = 0;
  const end = start + sizeAt(view, start + 8);
  for (let place = start + HEADER; place + HEADER <= end; ) {
    if (place + HEADER > view.byteLength) throw damaged(place);
    const isFree = view.getUint16(place, true) === 0;
    const size = sizeAt(view, place + 8);
    if (isFree && size < HEADER) throw damaged(place);
    if (!isFree) longest = Math.max(longest, size);
    place += isFree ? size : HEADER + Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    if (place > end) throw damaged(place);
  }
  return longest;
}

function sizeAt(view: DataView, place: number): number {
  const size = Number(view.getBigUint64(place, true));
  if (size > view.byteLength) throw damaged(place);
  return size;
}

function damaged(place: number): SpikeletError {
  return new SpikeletError("DATA_FORMAT", "", `byte ${place}: a damaged heap of texts or lists`);
}
