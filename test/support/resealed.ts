/** Bytes of a model file in front of the contents of its first section, whose first numbers are those of the whole network. */
const FIRST = 24;

/** Where the version stands, the name of the first section, and the end of the header. */
const VERSION = 4;
const HEADER = 16;

/** A model file in which a word of the contents of the first section is another one, with a checksum that holds. */
export function resealed(file: Uint8Array, word: number, value: number): Uint8Array {
  return resealedAll(file, [[word, value]]);
}

/** A model file in which several words are others. */
export function resealedAll(file: Uint8Array, changes: readonly [word: number, value: number][]): Uint8Array {
  const changed = file.slice();
  const view = new DataView(changed.buffer);
  for (const [word, value] of changes) view.setUint32(FIRST + 4 * word, value, true);
  return sealed(changed);
}

/** A model file as version 1 wrote it: its first section has a number in the place of a name. */
export function asVersion1(file: Uint8Array, kind: 1 | 3): Uint8Array {
  const changed = file.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(VERSION, 1, true);
  view.setUint32(HEADER, kind, true);
  return sealed(changed);
}

/** A model file with a section more, which is empty. */
export function withSection(file: Uint8Array, name: string): Uint8Array {
  const changed = Uint8Array.of(...file, ...new TextEncoder().encode(name), 0, 0, 0, 0);
  new DataView(changed.buffer).setUint32(VERSION + 4, changed.length, true);
  return sealed(changed);
}

/** The file with a checksum that holds. */
function sealed(changed: Uint8Array): Uint8Array {
  let crc = -1;
  for (const byte of changed.subarray(HEADER)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (-(crc & 1) & 0xedb8_8320);
  }
  new DataView(changed.buffer).setUint32(HEADER - 4, ~crc, true);
  return changed;
}
