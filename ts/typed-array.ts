import { SpikeletError } from "./errors.js";

/**
 * Checks what types alone can't promise to callers from JavaScript.
 *
 * @throws {SpikeletError} `DATA_FORMAT` when `value` is not a `kind`.
 */
export function expectArray<T extends ArrayBufferView>(value: unknown, kind: new (length: number) => T, path: string): T {
  if (value instanceof kind) return value;
  throw new SpikeletError("DATA_FORMAT", path, `must be a ${kind.name}`);
}
