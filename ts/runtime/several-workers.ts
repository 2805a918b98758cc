import type { Backend, PageUrls } from "./backend.js";
import { fulfilled, teamOf } from "./team.js";
import { startWorker } from "./worker-client.js";
import { startThreads } from "./worker-threads-client.js";

/**
 * Starts workers that share every batch, and their memory where the page may.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when worker or WebAssembly can't be loaded, or are of another version.
 */
export async function startWorkers(workers: number, urls: PageUrls): Promise<Backend> {
  const why = whyNoThreads(urls);
  if (why !== undefined) return startTeam(workers, urls, why);
  try {
    return await startThreads(workers, urls);
  } catch (thrown) {
    return startTeam(workers, urls, thrown instanceof Error ? thrown.message : String(thrown));
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

async function startTeam(workers: number, urls: PageUrls, why: string): Promise<Backend> {
  const first = await startWorker(urls);
  const others = await Promise.allSettled(Array.from({ length: workers - 1 }, () => startWorker(urls)));
  try {
    return teamOf([first, ...fulfilled(others)], why);
  } catch (thrown) {
    first.end();
    for (const other of others) if (other.status === "fulfilled") other.value.end();
    throw thrown;
  }
}
