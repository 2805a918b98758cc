import type { Tensors } from "./tensors.js";

/** The header is padded to whole words of this many bytes, so that the arrays are aligned. */
const WORD = 8;

/**
 * The bytes of a safetensors file: the length of the header (u64), the header as JSON with type, shape and place of each array, then
 * the arrays, little-endian single floats.
 */
export function writeSafetensors(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const header: Record<string, object> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const start = end;
    end += 4 * values.length;
    header[name] = { dtype: "F32", shape, data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / WORD) * WORD;
  const bytes = new Uint8Array(WORD + length + end).fill(0x20, WORD, WORD + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, WORD);
  const numbers = new Float32Array(bytes.buffer, WORD + length);
  let place = 0;
  for (const { values } of tensors.values()) {
    numbers.set(values, place);
    place += values.length;
  }
  return bytes;
}
