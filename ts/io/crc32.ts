/** Remainders of each byte, for the polynomial of ZIP and gzip (reflected, 0xedb88320). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * CRC-32 as ZIP has it.
 *
 * @param before the checksum of the bytes before these.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  for (let k = 0; k < bytes.length; k++) rest = (TABLE[(rest ^ (bytes[k] ?? 0)) & 0xff] ?? 0) ^ (rest >>> 8);
  return ~rest >>> 0;
}
