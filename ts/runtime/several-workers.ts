import type { Backend, PageUrls } from "./backend.js";
import { startWorker } from "./worker-client.js";
import { startThreads } from "./worker-threads-client.js";

/**
 * Starts workers that share every batch and their memory, or one worker where the page can't share memory.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when worker or WebAssembly can't be loaded, or are of another version.
 */
export async function startWorkers(workers: number, urls: PageUrls): Promise<Backend> {
  const why = whyNoThreads(urls);
  if (why !== undefined) return startOne(urls, why);
  try {
    return await startThreads(workers, urls);
  } catch (thrown) {
    return startOne(urls, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Why no memory can be shared, if so. */
function whyNoThreads(urls: PageUrls): string | undefined {
  if (globalThis.crossOriginIsolated !== true) return "the page is not cross-origin isolated";
  // Some browsers isolate pages and share no memory all the same.
  if (globalThis.SharedArrayBuffer === undefined) return "the browser has no SharedArrayBuffer";
  const isElsewhere = urls.workerUrl !== undefined || urls.wasmUrl !== undefined;
  const isThere = urls.threadsWorkerUrl !== undefined && urls.threadsWasmUrl !== undefined;
  return isElsewhere && !isThere ? "threadsWorkerUrl and threadsWasmUrl are not given" : undefined;
}

/** One worker, whose reason says why there are no more. */
async function startOne(urls: PageUrls, why: string): Promise<Backend> {
  const backend = await startWorker(urls);
  const reason = `${backend.reason}, alone since memory can't be shared (${why})`;
  return Object.create(backend, { reason: { value: reason, enumerable: true } });
}
