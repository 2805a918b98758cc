import { zipSync } from "fflate";
import type { Tensors } from "./tensors.js";

/** Header and first array byte start at a multiple of this. */
const ALIGNMENT = 64;
/** `\x93NUMPY`, version 1.0. */
const START = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0];

/** Time of every entry, as in `numpy.savez`: the earliest that an archive can state, so that equal arrays give equal bytes. */
const TIME = new Date(1980, 0, 1);

/** The bytes of an NPZ archive of single floats, as `numpy.load` reads it. */
export function writeNpz(tensors: Tensors): Uint8Array {
  const files = Array.from(tensors, ([name, { shape, values }]) => [`${name}.npy`, npy(shape, values)] as const);
  return zipSync(Object.fromEntries(files), { mtime: TIME });
}

function npy(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const before = START.length + 2;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(length + 4 * values.length).fill(0x20, before, length);
  bytes.set(START);
  new DataView(bytes.buffer).setUint16(START.length, length - before, true);
  bytes.set(new TextEncoder().encode(text), before);
  bytes[length - 1] = 0x0a;
  new Float32Array(bytes.buffer, length).set(values);
  return bytes;
}
