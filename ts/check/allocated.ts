import { SpikeletError } from "../errors.js";

type Made =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * A new array of `length` zeros; `what` names it in the message.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the number of bytes if there is no memory for it.
 */
export function allocated<T extends Made>(
  kind: { new (length: number): T; BYTES_PER_ELEMENT: number },
  length: number,
  path: string,
  what: string,
): T {
  try {
    return new kind(length);
  } catch (thrown) {
    const bytes = length * kind.BYTES_PER_ELEMENT;
    throw new SpikeletError("CONFIG_INVALID", path, `${what} would take ${bytes} bytes, more memory than is available`, thrown);
  }
}
