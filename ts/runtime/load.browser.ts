import { SpikeletError } from "../errors.js";
import type { Backend, BackendChoice, PageOptions, PageUrls } from "./backend.js";
import { backendChoice, pageOptions } from "./options.js";
import { checkSimd } from "./simd-probe.js";
import { walled } from "./wall.js";

/** Backends by where they were loaded from. */
const loaded = new Map<string, Promise<Backend>>();

/**
 * The backend of a page: WebAssembly in one or more module workers that all sessions share, or on this thread, also where there are
 * no workers.
 *
 * @throws {SpikeletError} `SIMD_UNSUPPORTED` before anything is downloaded; `BACKEND_UNAVAILABLE` when worker or WebAssembly
 * can't be loaded, and for `native`; `CONFIG_INVALID` for an unknown name, a relative address where there is no page, or an impossible
 * number of workers.
 */
export async function loadBackend(choice: BackendChoice = "auto", page: PageOptions = {}): Promise<Backend> {
  backendChoice(choice, "backend");
  pageOptions(page, "");
  if (typeof choice === "object") return choice;
  if (choice === "native") {
    throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", 'a page has no addons: use "wasm"');
  }
  const isHere = page.wasmModule !== undefined || page.worker === false || globalThis.Worker === undefined;
  if (page.wasmModule === undefined) checkSimd();
  const workers = isHere ? 0 : (page.workers ?? 1);
  const urls = resolved(page);
  const key = JSON.stringify([workers, urls]);
  const found = loaded.get(key);
  const known = await found?.catch(() => undefined);
  if (known !== undefined && known.isAlive !== false) return known;
  // Another call may have begun to load it meanwhile.
  const other = loaded.get(key);
  if (other !== undefined && other !== found) return other;
  const loading = (isHere ? loadHere(page, urls) : loadInWorkers(workers, urls)).then(walled);
  loaded.set(key, loading);
  return loading;
}

async function loadHere(page: PageOptions, urls: PageUrls): Promise<Backend> {
  return (await import("./wasm-here.js")).loadHere(page, urls);
}

async function loadInWorkers(workers: number, urls: PageUrls): Promise<Backend> {
  if (workers > 1) return (await import("./several-workers.js")).startWorkers(workers, urls);
  return (await import("./worker-client.js")).startWorker(urls);
}

function resolved(page: PageOptions): PageUrls {
  const { workerUrl, wasmUrl, extrasWasmUrl, threadsWorkerUrl, threadsWasmUrl } = page;
  const given = Object.entries({ workerUrl, wasmUrl, extrasWasmUrl, threadsWorkerUrl, threadsWasmUrl });
  return Object.fromEntries(given.flatMap(([name, url]) => (url === undefined ? [] : [[name, absolute(url, name)]])));
}

/** A relative address, resolved by this page and not by a worker elsewhere. */
function absolute(url: string | URL, path: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch (cause) {
    throw new SpikeletError("CONFIG_INVALID", path, "must be an absolute address", cause);
  }
}
