import { type FieldChecks, fields } from "../check/fields.js";
import { type Check, flag, refuse, text, whole } from "../check/values.js";
import type { Backend, BackendChoice, PageOptions } from "./backend.js";
import { isModule } from "./wasm-compiled.js";

/** More workers than a machine with a browser has cores would wait for each other. */
const MAX_WORKERS = 64;

const NAMES: readonly unknown[] = ["auto", "native", "wasm"];

/** A backend by name, or an own one. */
export const backendChoice: Check<BackendChoice> = (value, path) => {
  if (NAMES.includes(value) || isBackend(value)) return value as BackendChoice;
  return refuse("CONFIG_INVALID", path, '"auto", "native", "wasm" or a backend', value);
};

function isBackend(value: unknown): value is Backend {
  return typeof value === "object" && value !== null && "createSession" in value && typeof value.createSession === "function";
}

export const abortSignal: Check<AbortSignal> = (value, path) => {
  if (typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value)
    return value as AbortSignal;
  return refuse("CONFIG_INVALID", path, "an AbortSignal", value);
};

const address: Check<string | URL> = (value, path) => (value instanceof URL ? value : text(value, path));

/** A module of this package, by one of its exports; without them, the JavaScript that calls it would be left half set up. */
const compiled =
  (known: string, what: string): Check<WebAssembly.Module> =>
  (value, path) => {
    if (isModule(value) && WebAssembly.Module.exports(value).some(({ name }) => name === known)) return value;
    return refuse("CONFIG_INVALID", path, `the compiled ${what} of this package`, value);
  };

/** A check for each of {@link PageOptions}. */
export const PAGE_OPTIONS: FieldChecks<PageOptions> = {
  worker: flag,
  workers: whole(1, MAX_WORKERS),
  workerUrl: address,
  wasmUrl: address,
  wasmModule: compiled("wasmsession_create", "WebAssembly"),
  extrasWasmUrl: address,
  extrasWasmModule: compiled("release", "second WebAssembly"),
  threadsWorkerUrl: address,
  threadsWasmUrl: address,
};

/** The options of functions that only ask for a backend. */
export const backendOption: Check<{ backend?: BackendChoice }> = fields<{ backend?: BackendChoice }>({ backend: backendChoice });

/** The options of `loadBackend`. */
export const pageOptions: Check<PageOptions> = fields<PageOptions>(PAGE_OPTIONS);
