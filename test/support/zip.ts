import { crc32 } from "../../ts/io/crc32.js";

/** A file of an archive, with what its directory says of it. */
export interface ZipFile {
  name: string;
  packed: Uint8Array;
  /** Method 8 (deflated) unless it is stored. */
  isStored?: boolean;
  size: number;
  crc: number;
}

/** An NPY file of so many bytes, all 0. */
export function zerosNpy(count: number): Uint8Array {
  return npyOf(new Uint8Array(count));
}

/** An NPY file of bytes, or of wider numbers that they are. */
export function npyOf(values: Uint8Array, type: "|u1" | "<u4" = "|u1"): Uint8Array {
  const length = values.length / Number(type.slice(2));
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${length},), }`.padEnd(117).concat("\n");
  const start = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0, ...new TextEncoder().encode(header)];
  const file = new Uint8Array(start.length + values.length);
  file.set(start);
  file.set(values, start.length);
  return file;
}

/** A stored file as it should be. */
export function stored(name: string, content: Uint8Array): ZipFile {
  return { name, packed: content, isStored: true, size: content.length, crc: crc32(content) };
}

/** A ZIP archive that says what it is told to. `overlap` lets all files be the first one's bytes, `end` replaces the records after the directory. */
export function zip(
  files: readonly ZipFile[],
  { overlap = false, end }: { overlap?: boolean; end?: Uint8Array } = {},
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let length = 0;
  for (const [index, { name, packed, isStored = false, size, crc }] of files.entries()) {
    const text = new TextEncoder().encode(name);
    const sizes = [crc, packed.length, size];
    const place = overlap ? 0 : length;
    if (!overlap || index === 0) {
      const local = numbers(
        [4, 0x04034b50],
        [2, 20],
        [2, 0],
        [2, isStored ? 0 : 8],
        [4, 0],
        ...longs(sizes),
        [2, text.length],
        [2, 0],
      );
      parts.push(local, text, packed);
      length += local.length + text.length + packed.length;
    }
    const method = isStored ? 0 : 8;
    directory.push(
      numbers([4, 0x02014b50], [2, 20], [2, 20], [2, 0], [2, method], [4, 0], ...longs(sizes), [2, text.length], [2, 0]),
      numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, place]),
      text,
    );
  }
  const bytes = directory.reduce((sum, part) => sum + part.length, 0);
  const count = files.length;
  const last = end ?? numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, bytes], [4, length], [2, 0]);
  return Buffer.concat([...parts, ...directory, last]);
}

/** Little-endian numbers, each with its width in bytes. */
export function numbers(...fields: [width: number, value: number | bigint][]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  let place = 0;
  for (const [width, value] of fields) {
    for (let k = 0; k < width; k++) bytes[place + k] = Number((BigInt(value) >> BigInt(8 * k)) & 0xffn);
    place += width;
  }
  return bytes;
}

const longs = (values: readonly number[]) => values.map((value): [number, number] => [4, value]);
