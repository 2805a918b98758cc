/** What a run of a kernel needs at least; see `crates/kernel-bench/src/case.rs` for what counts. */
export interface KernelCost {
  /** Additions, multiplications, divisions, roots and comparisons of floats. */
  operations: number;
  /** Bytes that are read and written. */
  bytes: number;
  /** Bytes of all arrays. */
  resident: number;
  /** Spikes that are worked on; 0 where there are none. */
  spikes: number;
}

/** A number that a kernel's shape or sparsity depends on. */
export interface KernelParameter {
  name: string;
  about: string;
  /** Value wherever another parameter is varied. */
  standard: number;
  /** Values with all other parameters at their standard. */
  others: number[];
  min: number;
  max: number;
  /** Number of which it is a multiple; 0 where it need not be whole. */
  multiple: number;
}

/** A kernel that can be measured. */
export interface KernelDescription {
  name: string;
  /** What it computes. */
  about: string;
  /** Whether it measures what the machine can do at best. */
  isCeiling: boolean;
  parameters: KernelParameter[];
}

/** An array of a case. */
export interface KernelArray {
  name: string;
  type: "f32" | "u16" | "u32" | "u64";
  /** How many numbers it has. */
  length: number;
}

/** What an own kernel has to know of a case. */
export interface CaseDescription extends KernelCost {
  /** Name and value of numbers besides the parameters. */
  constants: [string, number][];
  inputs: KernelArray[];
  outputs: KernelArray[];
}

/** A kernel with drawn inputs. Calls block. */
export interface KernelCase {
  describe(): CaseDescription;
  /** Runs it on every thread, at a SIMD level or by its twin, `plain`. */
  run(way: string, times: number): void;
  /** Numbers of the outputs whose bits differ from those of the plain twin. */
  differences(level: string): number;
  /** Bytes of each input, of each output before a run, and after one run of the plain twin. */
  inputs(): Uint8Array[];
  outputs(): Uint8Array[];
  expected(): Uint8Array[];
  dispose(): void;
}

/** Where kernels run. */
export interface KernelHost {
  readonly kind: "native" | "wasm";
  /** SIMD levels, the best first. */
  readonly levels: readonly string[];
  readonly catalogue: readonly KernelDescription[];
  /** @param values those of the parameters, in their order. */
  open(name: string, values: readonly number[], threads: number): KernelCase;
}
