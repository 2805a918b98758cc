import type { KernelCost } from "../runtime/kernels.js";
import type { Bound, Ceiling } from "./ceiling.js";
import type { Shape } from "./grid.js";
import type { Estimate, Verdict } from "./statistics.js";

/** Machine and build that figures are of. */
export interface Origin {
  date: string;
  /** Version of the library. */
  version: string;
  /** Version of the arithmetic: builds of one version give the same bits. */
  arithmetic: number;
  /** Commit of the clone; empty for an installed package. */
  commit: string;
  processor: string;
  cores: number;
  platform: string;
  /** What runs JavaScript: `Node 20.20.0`, or the name that a browser gives itself. */
  engine: string;
  /** Bytes of each level of cache as the system says; empty where it does not. */
  caches: string[];
  /** Mean number of processes at work when the measurement began and ended; 0 where the host does not say. */
  load: [number, number];
}

/** One kernel at one shape, one level and one number of threads. */
export interface KernelLine extends KernelCost {
  kernel: string;
  shape: Shape;
  backend: "native" | "wasm";
  /** SIMD level; `plain` for the plain twin, the name of its file for an own kernel. */
  way: string;
  threads: number;
  /** Nanoseconds of a run, on every thread. */
  nanoseconds: Estimate & { fastest: number };
  /** Time at the machine's ceiling over the fastest measured; `undefined` for what no ceiling was measured for. */
  share?: { ofCeiling: number; bound: Bound };
  /** Speed over that of the library's kernel at its best level, taken in turns; for twins and own kernels. */
  ratio?: Estimate & { verdict: Verdict };
}

/** What `spikelet bench kernels` measured. */
export interface KernelRecord {
  type: "kernels";
  origin: Origin;
  ceilings: Ceiling[];
  lines: KernelLine[];
}
