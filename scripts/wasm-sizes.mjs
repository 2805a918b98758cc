// What the bytes of a WebAssembly module are: its functions by crate, from the section of names, and its other sections.

/**
 * Most bytes after gzip that a page may have to download of the WebAssembly, of the one for several workers that share memory, and of the
 * second one, where it is called.
 */
export const MAX_GZIPPED = { module: 460_000, withThreads: 480_000, extras: 150_000 };

const CODE = 10;
const IMPORT = 2;
/** Kinds of sections that are told apart. */
const SECTIONS = new Map([
  [7, "exports"],
  [9, "tables of functions"],
  [CODE, "code"],
  [11, "data"],
]);
/** Primitive types whose methods are of the crate `core`. */
const PRIMITIVES = /^(?:bool|char|str|slice|u8|u16|u32|u64|u128|usize|i8|i16|i32|i64|i128|isize|f32|f64)$/;

/** Functions that compiled code calls by itself. */
const BUILTIN = /^(?:__rust|__multi|mem|f(?:max|min)f?$)/;
/** Which of several crates of one name is meant. */
const DISAMBIGUATOR = /\[[0-9a-f]{8,}\]/g;

/**
 * Sizes in bytes of a module that has names.
 *
 * @param {Uint8Array} bytes
 * @returns {{ crates: { name: string, functions: number, bytes: number }[], others: { name: string, bytes: number }[] }} largest first;
 * together they are the module
 */
export function sizesOf(bytes) {
  const reader = new Reader(bytes, 8);
  const others = new Map([["header", 8]]);
  const add = (/** @type {string} */ name, /** @type {number} */ size) => others.set(name, (others.get(name) ?? 0) + size);
  let imported = 0;
  /** @type {number[]} */
  let code = [];
  /** @type {Map<number, string>} */
  let names = new Map();
  while (reader.at < bytes.length) {
    const start = reader.at;
    const kind = reader.byte();
    const end = reader.number() + reader.at;
    if (kind === IMPORT) imported = importedFunctions(reader);
    if (kind === CODE) {
      code = bodies(reader);
      add("tables of functions", end - start - code.reduce((sum, size) => sum + size, 0));
    } else if (kind === 0) {
      const name = reader.text();
      if (name === "name") names = functionNames(reader, end);
      add(name === "name" ? "names of functions" : "other sections", end - start);
    } else {
      add(SECTIONS.get(kind) ?? "other sections", end - start);
    }
    reader.at = end;
  }
  /** @type {Map<string, { name: string, functions: number, bytes: number }>} */
  const crates = new Map();
  for (const [index, size] of code.entries()) {
    const crate = crateOf(names.get(imported + index) ?? "");
    const sum = crates.get(crate) ?? { name: crate, functions: 0, bytes: 0 };
    crates.set(crate, { ...sum, functions: sum.functions + 1, bytes: sum.bytes + size });
  }
  const bySize = (/** @type {{ bytes: number }} */ a, /** @type {{ bytes: number }} */ b) => b.bytes - a.bytes;
  return {
    crates: [...crates.values()].sort(bySize),
    others: [...others].map(([name, size]) => ({ name, bytes: size })).sort(bySize),
  };
}

/**
 * A module without its section of names.
 *
 * @param {Uint8Array} bytes
 */
export function withoutNames(bytes) {
  const reader = new Reader(bytes, 8);
  const kept = [bytes.subarray(0, 8)];
  while (reader.at < bytes.length) {
    const start = reader.at;
    const kind = reader.byte();
    const end = reader.number() + reader.at;
    if (kind !== 0 || reader.text() !== "name") kept.push(bytes.subarray(start, end));
    reader.at = end;
  }
  return Buffer.concat(kept);
}

/**
 * The crate that a function is of. A method of a trait counts for the type that it was made for, of a type without a crate of its own for
 * the trait.
 *
 * @param {string} name as the section of names has it
 */
export function crateOf(name) {
  const path = name.replaceAll(DISAMBIGUATOR, "");
  // What has no path is an export, or what the compiler calls.
  if (!path.includes("::")) return BUILTIN.test(path) ? "compiler_builtins" : "spikelet_wasm";
  const [, type, isPath] = /^<?(?:&|\*|\[|\(|mut |dyn |const )*([A-Za-z_]\w*)(::)?/.exec(path) ?? [];
  if (type !== undefined && PRIMITIVES.test(type)) return "core";
  return (isPath === undefined ? / as ([a-z_]\w*)::/.exec(path)?.[1] : type) ?? "others";
}

/** @param {Reader} reader */
function importedFunctions(reader) {
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    if (reader.byte() !== 0) throw new Error("the module imports something other than functions");
    reader.number();
    functions += 1;
  }
  return functions;
}

/** @param {Reader} reader */
function bodies(reader) {
  return Array.from({ length: reader.number() }, () => {
    const start = reader.at;
    const end = reader.number() + reader.at;
    reader.at = end;
    return end - start;
  });
}

/** @param {Reader} reader @param {number} end */
function functionNames(reader, end) {
  /** @type {Map<number, string>} */
  const names = new Map();
  while (reader.at < end) {
    const kind = reader.byte();
    const after = reader.number() + reader.at;
    if (kind === 1) {
      for (let left = reader.number(); left > 0; left--) {
        const index = reader.number();
        names.set(index, reader.text());
      }
    }
    reader.at = after;
  }
  return names;
}

/** Reads the numbers and texts of the binary format. */
class Reader {
  /** @param {Uint8Array} bytes @param {number} at where to begin */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++] ?? 0;
  }

  /** An unsigned LEB128 of at most 32 bits. */
  number() {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}
