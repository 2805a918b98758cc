import { mulberry32 } from "../../ts/random.js";

/** Numbers at which sizes and offsets go wrong. */
const EDGES = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 0x7fffffffffffffffn, 0xffffffffffffffffn];

/** A damaged copy of a file that the seed alone decides: up to four of bits, bytes, numbers, blocks and the end changed. */
export function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const draw = mulberry32(seed);
  const below = (limit: number) => Math.floor(draw() * limit);
  let file: Uint8Array = Uint8Array.from(bytes);
  for (let changes = 1 + below(4); changes > 0; changes--) file = changed(file, below);
  return file;
}

function changed(file: Uint8Array, below: (limit: number) => number): Uint8Array {
  const place = below(file.length);
  switch (below(6)) {
    case 0:
      return replaced(file, place, Uint8Array.of((file[place] ?? 0) ^ (1 << below(8))));
    case 1:
      return replaced(file, place, Uint8Array.of(below(256)));
    case 2: {
      const number = new DataView(new ArrayBuffer(8));
      number.setBigUint64(0, EDGES[below(EDGES.length)] ?? 0n, true);
      return replaced(file, place, new Uint8Array(number.buffer, 0, 1 << below(4)));
    }
    case 3:
      return file.slice(0, place);
    case 4:
      return Uint8Array.from([...file.subarray(0, place), ...file.subarray(place + 1 + below(16))]);
    default: {
      const block = file.subarray(place, place + 1 + below(64));
      return replaced(file, below(file.length), block);
    }
  }
}

function replaced(file: Uint8Array, place: number, block: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(block.subarray(0, Math.max(0, copy.length - place)), place);
  return copy;
}
