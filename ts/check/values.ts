import { SpikeletError } from "../errors.js";
import type { ErrorCode } from "../generated/errors.js";

/** A check of a value, for callers from JavaScript: returns the value, or throws a {@link SpikeletError} at `path`. */
export type Check<T> = (value: unknown, path: string) => T;

/** @throws {SpikeletError} always: says what `value` must be, and what it is. */
export function refuse(code: ErrorCode, path: string, expected: string, value: unknown): never {
  throw new SpikeletError(code, path, `must be ${expected}, got ${described(value)}`);
}

function described(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (ArrayBuffer.isView(value) && isGone(value)) return "one whose memory was handed over or shrunk";
  const kind = kindOf(value);
  if (kind === "Promise") return "a promise: await it first";
  return kind === "Object" ? "another object" : `${/^[AEIOU](?!int)/.test(kind) ? "an" : "a"} ${kind}`;
}

/** `Array`, `Uint8Array`, `Object` and the like, also of objects of another realm. */
function kindOf(value: object): string {
  if (ArrayBuffer.isView(value)) return INTRINSIC.kind.call(value) ?? "DataView";
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** Getters of what a typed array is, whatever properties it was given. The kind of a `DataView` is `undefined`. */
const INTRINSIC = {
  kind: intrinsic<string | undefined>(Symbol.toStringTag),
  buffer: intrinsic<ArrayBuffer>("buffer"),
  byteOffset: intrinsic<number>("byteOffset"),
  length: intrinsic<number>("length"),
  keys: Reflect.get(TYPED_ARRAY, "keys") as () => unknown,
};

function intrinsic<T>(name: PropertyKey): (this: ArrayBufferView) => T {
  return Object.getOwnPropertyDescriptor(TYPED_ARRAY, name)?.get as (this: ArrayBufferView) => T;
}

/** Whether the memory of a view was handed over, or shrunk to less than the view began with. */
function isGone(view: ArrayBufferView): boolean {
  if (INTRINSIC.kind.call(view) === undefined) return false;
  try {
    INTRINSIC.keys.call(view);
    return false;
  } catch {
    return true;
  }
}

/** A new array of the same kind over the same memory, which has no properties of the caller. */
function plainView(view: ArrayBufferView, kind: string): unknown {
  const make: new (...place: [ArrayBuffer, number, number]) => unknown = Reflect.get(globalThis, kind);
  return new make(INTRINSIC.buffer.call(view), INTRINSIC.byteOffset.call(view), INTRINSIC.length.call(view));
}

export const text: Check<string> = (value, path) =>
  typeof value === "string" ? value : refuse("CONFIG_INVALID", path, "a string", value);

export const flag: Check<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse("CONFIG_INVALID", path, "true or false", value);

/** Any number but NaN and the infinities. */
export const finite: Check<number> = (value, path) =>
  Number.isFinite(value) ? (value as number) : refuse("CONFIG_INVALID", path, "a finite number", value);

/** A finite number above 0. */
export const positive: Check<number> = (value, path) =>
  finite(value, path) > 0 ? (value as number) : refuse("CONFIG_INVALID", path, "above 0", value);

/** A whole number within bounds; any that 32 bits hold by default. */
export function whole(min = 0, max = 0xffff_ffff, code: ErrorCode = "CONFIG_INVALID"): Check<number> {
  return (value, path) => {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    return refuse(code, path, `a whole number from ${min} to ${max}`, value);
  };
}

/** One of the given strings. */
export function oneOf<const T extends string>(...known: readonly T[]): Check<T> {
  return (value, path) => known.find((one) => one === value) ?? refuse("CONFIG_INVALID", path, known.join(" or "), value);
}

/** A value that `check` accepts, or `undefined`. */
export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

/** An array whose entries pass `check`. */
export function listOf<T>(check: Check<T>, code: ErrorCode = "DATA_FORMAT"): Check<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(code, path, "an array", value);
    return Array.from(value, (entry, index) => check(entry, `${path}[${index}]`));
  };
}

/** An array of numbers of any kind but BigInts; its entries are not checked. */
export const numbers: Check<ArrayLike<number>> = (value, path) => {
  if (Array.isArray(value)) return value;
  const kind = ArrayBuffer.isView(value) ? INTRINSIC.kind.call(value) : undefined;
  if (kind === undefined || kind.startsWith("Big")) return refuse("DATA_FORMAT", path, "an array of numbers", value);
  return typedArray<Uint8Array>(kind)(value, path);
};

/** A typed array of one kind whose memory is still its own; the result is a new view of it. */
function typedArray<T extends ArrayBufferView>(kind: string): Check<T> {
  return (value, path) => {
    if (ArrayBuffer.isView(value) && INTRINSIC.kind.call(value) === kind && !isGone(value)) return plainView(value, kind) as T;
    return refuse("DATA_FORMAT", path, `a ${kind}`, value);
  };
}

/** Whether a value is bytes, of whatever realm; their memory may have been handed over. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && INTRINSIC.kind.call(value) === "Uint8Array";
}

export const bytes: Check<Uint8Array> = typedArray("Uint8Array");
export const shorts: Check<Uint16Array> = typedArray("Uint16Array");
export const words: Check<Uint32Array> = typedArray("Uint32Array");
export const integers: Check<Int32Array> = typedArray("Int32Array");
export const floats: Check<Float32Array> = typedArray("Float32Array");
export const doubles: Check<Float64Array> = typedArray("Float64Array");

/** Any function. */
export const callback: Check<() => void> = (value, path) =>
  typeof value === "function" ? (value as () => void) : refuse("CONFIG_INVALID", path, "a function", value);

/** An instance of a class of this library, called `what` in messages. */
export function instanceOf<T>(kind: abstract new (...args: never[]) => T, what: string): Check<T> {
  return (value, path) => {
    if (value instanceof kind) return value as T;
    const expected = isMadeByClass(value, kind.name) ? `${what} made by the same copy of the package` : what;
    return refuse("DATA_FORMAT", path, expected, value);
  };
}

function isMadeByClass(value: unknown, name: string): boolean {
  for (let found = value; typeof found === "object" && found !== null; found = Object.getPrototypeOf(found)) {
    if (found.constructor?.name === name) return true;
  }
  return false;
}
