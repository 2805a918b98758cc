const MEMORY_SECTION = 5;

/** A WebAssembly module whose own memory, if it has one, ends after so many pages of 64 kB. */
export function withMemoryOf(pages: number, module: Uint8Array): Uint8Array<ArrayBuffer> {
  let position = 8;
  while (position < module.length) {
    const id = module[position];
    const [length, start] = readNumber(module, position + 1);
    if (id === MEMORY_SECTION) {
      const [min] = readNumber(module, start + 2);
      const body = [1, 1, ...bytesOf(min), ...bytesOf(pages)];
      return Uint8Array.from([
        ...module.subarray(0, position),
        ...[MEMORY_SECTION, ...bytesOf(body.length), ...body],
        ...module.subarray(start + length),
      ]);
    }
    position = start + length;
  }
  return Uint8Array.from(module);
}

/** A number in LEB128 and where it ends. */
function readNumber(bytes: Uint8Array, position: number): [value: number, end: number] {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[position++];
    if (byte === undefined) throw new Error("the module ends within a number");
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, position];
  }
}

function bytesOf(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...bytesOf(number >>> 7)];
}
