import type { CreateOptions } from "../network.js";
import type { BackendChoice } from "../runtime/backend.js";
import { threads } from "./configuration.js";
import { UsageError } from "./exit.js";

/** How a command computes. */
export interface Choices extends CreateOptions {
  backend: BackendChoice;
  signal: AbortSignal;
}

/** The options of a command that say how it computes. */
export interface ComputeArguments {
  backend?: string | undefined;
  simd?: string | undefined;
  threads?: string | number | undefined;
}

export function choicesOf(args: ComputeArguments, signal: AbortSignal): Choices {
  const { backend = "auto", simd } = args;
  if (backend !== "auto" && backend !== "native" && backend !== "wasm") {
    throw new UsageError(`--backend must be one of auto, native, wasm, got "${backend}"`);
  }
  const given = args.threads === undefined ? {} : { threads: threads(String(args.threads)) };
  // Commands print warnings themselves.
  return { backend, signal, quiet: true, ...given, ...(simd === undefined ? {} : { simd }) };
}
