import type { CreateOptions } from "../network.js";
import type { BackendChoice } from "../runtime/backend.js";
import { UsageError } from "./exit.js";

/** What a command gets beside its own options. */
export interface CommandData {
  /** All values of `--set`. */
  set: string[];
}

/** How a command computes. */
export interface Choices extends CreateOptions {
  backend: BackendChoice;
  signal: AbortSignal;
}

export function choicesOf(args: { backend?: string | undefined; simd?: string | undefined }, signal: AbortSignal): Choices {
  const { backend = "auto", simd } = args;
  if (backend !== "auto" && backend !== "native" && backend !== "wasm") {
    throw new UsageError(`--backend must be one of auto, native, wasm, got "${backend}"`);
  }
  return { backend, signal, ...(simd === undefined ? {} : { simd }) };
}
