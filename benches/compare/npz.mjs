// NumPy's .npz: a ZIP archive of .npy arrays, here stored without compression.
import { writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

const TYPES = { Uint8Array: "|u1", Uint16Array: "<u2", Uint32Array: "<u4", Float32Array: "<f4" };

/** @param {string} file @param {Record<string, Uint8Array | Uint16Array | Uint32Array | Float32Array>} arrays flat */
export function writeNpz(file, arrays) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const data = npy(array);
    const fileName = Buffer.from(`${name}.npy`);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version
    fields.writeUInt32LE(0x0021_0000, 6); // 1980-01-01, the first date there is
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(fileName.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, fileName, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), fields, place, fileName]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  writeFileSync(file, Buffer.concat([...parts, list, Buffer.from("PK\x05\x06"), end]));
}

function npy(array) {
  const description = `{'descr': '${TYPES[array.constructor.name]}', 'fortran_order': False, 'shape': (${array.length},), }`;
  const padding = 63 - ((10 + description.length) % 64);
  const header = Buffer.from(`${description}${" ".repeat(padding)}\n`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\0", "latin1"),
    length,
    header,
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  ]);
}
