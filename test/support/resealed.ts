/** Bytes of a model file in front of the contents of its first section, whose first numbers are those of the whole network. */
const FIRST = 24;

/** A model file in which a word of the contents of the first section is another one, with a checksum that holds. */
export function resealed(file: Uint8Array, word: number, value: number): Uint8Array {
  const changed = file.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(FIRST + 4 * word, value, true);
  let crc = -1;
  for (const byte of changed.subarray(16)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (-(crc & 1) & 0xedb8_8320);
  }
  view.setUint32(12, ~crc, true);
  return changed;
}
