import type { KernelCost } from "../runtime/kernels.js";

/** What a machine does at best at a SIMD level, measured. */
export interface Ceiling {
  level: string;
  threads: number;
  /** The faster of reading and of updating arrays of some sizes, by size; of all threads together. */
  streams: { bytes: number; bytesPerSecond: number }[];
  /** Multiplications and additions a second that round separately; of all threads together. */
  operationsPerSecond: number;
  /** Multiplications and additions a second that fuse, where the level has such instructions. */
  fusedOperationsPerSecond: number;
}

/** Which part of the machine a run waits for at best. */
export type Bound = "memory" | "arithmetic";

/** The least time of a run. */
export interface Floor {
  nanoseconds: number;
  bound: Bound;
}

/** Bytes a second from an array of so many bytes: between the two sizes that were measured, on the logarithms of size and speed. */
export function bytesPerSecond({ streams }: Ceiling, bytes: number): number {
  const above = streams.findIndex((stream) => stream.bytes >= bytes);
  const [low, high] = [streams[above - 1], streams[above]];
  if (high === undefined) return streams.at(-1)?.bytesPerSecond ?? Number.NaN;
  if (low === undefined) return high.bytesPerSecond;
  const place = Math.log(bytes / low.bytes) / Math.log(high.bytes / low.bytes);
  return low.bytesPerSecond * (high.bytesPerSecond / low.bytesPerSecond) ** place;
}

/** The least time of a run of every thread with one of these: what its bytes and its operations need, whichever is longer. */
export function floorOf(ceiling: Ceiling, { operations, bytes, resident }: KernelCost): Floor {
  const { threads, operationsPerSecond } = ceiling;
  const memory = (1e9 * threads * bytes) / bytesPerSecond(ceiling, resident);
  const arithmetic = (1e9 * threads * operations) / operationsPerSecond;
  return memory > arithmetic ? { nanoseconds: memory, bound: "memory" } : { nanoseconds: arithmetic, bound: "arithmetic" };
}
