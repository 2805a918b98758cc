import { SpikeletError } from "../errors.js";
import type { ByteBudget } from "./byte-budget.js";

/** What this library uses of h5wasm's file system. */
export interface FileSystem {
  open(path: string, flags?: string | number, mode?: number): unknown;
}

/** Flag of `open` that makes a file which is not there: HDF5 writes its own messages to such a one. */
const CREATES_NEW = 0o200;

/** Where the library looks for filters that it does not have ends so. */
const PLUGINS = "/lib/plugin";

/**
 * Calls `work`, in which the HDF5 library can read the file `name` and no other: data and links may lie in other files, which a file of a
 * stranger must not name. Nor can the memory of the library grow by more than `maxBytes`, whatever lengths the file claims. Messages of
 * the library become one sentence.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the name of the other file, or with what HDF5 says.
 */
export function readAlone<T>(files: FileSystem, name: string, maxBytes: number, work: () => T): T {
  return withinMemory(maxBytes + SLACK, () => withOneFile(files, name, work));
}

function withOneFile<T>(files: FileSystem, name: string, work: () => T): T {
  const { open } = files;
  let other: string | undefined;
  files.open = (path, flags, mode) => {
    const isOther = path !== name && !(typeof flags === "number" && flags & CREATES_NEW);
    if (isOther && !path.endsWith(PLUGINS)) other = path;
    // An empty path is one that no file system has.
    return open.call(files, isOther ? "" : path, flags, mode);
  };
  try {
    const result = work();
    if (other === undefined) return result;
  } catch (thrown) {
    if (other === undefined) throw thrown instanceof SpikeletError ? thrown : damaged(thrown);
  } finally {
    files.open = open;
  }
  throw new SpikeletError("DATA_FORMAT", "", `leads to another file, ${JSON.stringify(other)}, which is not read`);
}

/** Bytes of a page of a WebAssembly's memory. */
const PAGE = 2 ** 16;
/** What the library takes beside the content of a file. */
const SLACK = 2 ** 25;

/** Calls `work`, in which no WebAssembly of this thread grows by more than so many bytes; it gets no memory instead. */
function withinMemory<T>(bytes: number, work: () => T): T {
  const memory = WebAssembly.Memory.prototype;
  const { grow } = memory;
  let left = Math.ceil(bytes / PAGE);
  memory.grow = function (this: WebAssembly.Memory, pages: number) {
    if (pages > left) throw new RangeError("the file claims more memory than it may take");
    const before = grow.call(this, pages);
    left -= pages;
    return before;
  };
  try {
    return work();
  } finally {
    memory.grow = grow;
  }
}

/** What HDF5 knows about an array without reading it. */
export interface Extent {
  /** Length of each dimension; `null` for nothing at all. */
  shape: number[] | null;
  /** Bytes of an element. */
  size: number;
  /** Where the numbers come from, if from other data sets. */
  virtual_sources?: unknown;
}

/**
 * Elements of an array, whose bytes are taken from the budget.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for more than the budget, and for an array that is put together from others.
 */
export function checkedLength({ shape, size, virtual_sources: sources }: Extent, path: string, budget: ByteBudget): number {
  if (sources !== undefined)
    throw new SpikeletError("DATA_FORMAT", path, "is assembled from other data sets, which is not supported");
  const length = (shape ?? [0]).reduce((product, side) => product * side, 1);
  budget.take(length * size, path);
  return length;
}

function damaged(thrown: unknown): SpikeletError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // A message of the library is a list of calls, the outermost first, each as `#000: file line n in function(): what`.
  const calls = [...text.matchAll(/#\d+: .*?\(\): (.+)/g)].map(([, what]) => what);
  const reasons = new Set([calls[0], calls.at(-1)].filter((what) => what !== undefined));
  const what = reasons.size === 0 ? (text.split("\n")[0] ?? "") : [...reasons].join(": ");
  return new SpikeletError("DATA_FORMAT", "", `is a damaged HDF5 file (${what})`, thrown);
}

/**
 * The error for a package `h5wasm` that can't be used: `missing` where it is not there, or why it does not start, such as for want of
 * memory.
 */
export function unusable(cause: unknown, missing: string): SpikeletError {
  if (isMissing(cause)) return new SpikeletError("DATA_FORMAT", "h5wasm", missing, cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SpikeletError("DATA_FORMAT", "h5wasm", `the package that reads HDF5 does not start: ${why}`, cause);
}

/** Whether a module was not found; browsers call that a `TypeError`. */
function isMissing(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND");
}
