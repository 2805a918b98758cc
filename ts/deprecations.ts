import { loadBackend as loadFromItsEntry } from "#host/runtime/load";
import type { Backend, BackendChoice, PageOptions } from "./runtime/backend.js";

/** What is deprecated, by code. A code keeps its meaning once the name is gone. */
const DEPRECATIONS = {
  SPIKELET_DEP0001: 'loadBackend of "spikelet" goes with version 1.0: import it from "spikelet/backend"',
} as const;

type DeprecationCode = keyof typeof DEPRECATIONS;

/** Codes that were warned of. */
const told = new Set<DeprecationCode>();

/**
 * Warns of a deprecation, once in a process or page: by `process.emitWarning`, to which the options of Node for deprecations apply, and
 * by the console where there is none.
 */
function warnOnce(code: DeprecationCode): void {
  if (told.has(code)) return;
  told.add(code);
  const message = DEPRECATIONS[code];
  const host: { emitWarning?: (text: string, kind: { type: string; code: string }) => void } | undefined = globalThis.process;
  if (typeof host?.emitWarning === "function") host.emitWarning(message, { type: "DeprecationWarning", code });
  else console.warn(`spikelet: ${message} (${code})`);
}

/**
 * Loads a backend as `loadBackend` of `spikelet/backend` does.
 *
 * @deprecated since 0.1 (`SPIKELET_DEP0001`): import it from `spikelet/backend`.
 */
export function loadBackend(choice?: BackendChoice, page?: PageOptions): Promise<Backend> {
  warnOnce("SPIKELET_DEP0001");
  return loadFromItsEntry(choice, page);
}
