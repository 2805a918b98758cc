import type { PageUrls } from "./backend.js";
import { checkVersion } from "./same-version.js";
import { type WorkerBackend, workerBackend } from "./worker-backend.js";
import { WorkerConnection } from "./worker-connection.js";

/**
 * Starts a worker and loads the WebAssembly in it.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when either can't be loaded, or is of another version.
 */
export async function startWorker(urls: PageUrls): Promise<WorkerBackend> {
  const line = new WorkerConnection(makeWorker(urls.workerUrl));
  try {
    const description = await line.ask((host) => host.load(urls.wasmUrl, urls.extrasWasmUrl));
    checkVersion(description?.version, "the worker");
    return workerBackend(line, description, "WebAssembly in a worker");
  } catch (thrown) {
    line.end();
    throw thrown;
  }
}

function makeWorker(url: string | undefined): Worker {
  // Bundlers find the worker by this literal form.
  if (url === undefined) return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return new Worker(url, { type: "module" });
}
