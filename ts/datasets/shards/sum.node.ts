import { createHash } from "node:crypto";

/** Bytes of the checksum of a sample: the beginning of its SHA-256. */
export const SUM_BYTES = 16;

/** The checksum of a sample. */
export function sumOf(record: Uint8Array): Buffer {
  return createHash("sha256").update(record).digest().subarray(0, SUM_BYTES);
}
