import { SpikeletError } from "../errors.js";
import type { PageUrls } from "./backend.js";
import { checkVersion } from "./same-version.js";
import { type WorkerBackend, workerBackend } from "./worker-backend.js";
import { WorkerConnection } from "./worker-connection.js";
import type { ThreadsHost } from "./worker-protocol.js";

/**
 * Starts workers that share the memory of one WebAssembly: the first has the sessions, the others work for it. They end together.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when worker or WebAssembly can't be loaded or are of another version, or no memory
 * can be shared.
 */
export async function startThreads(threads: number, urls: PageUrls): Promise<WorkerBackend> {
  const failAll = (failure: SpikeletError) => {
    for (const line of lines) line.fail(failure);
  };
  const lines = Array.from(
    { length: threads },
    () => new WorkerConnection<ThreadsHost>(makeWorker(urls.threadsWorkerUrl), failAll),
  );
  const [first, ...others] = lines as [WorkerConnection<ThreadsHost>, ...WorkerConnection<ThreadsHost>[]];
  const end = () => {
    for (const line of lines) line.end();
  };
  try {
    const description = await first.ask((host) => host.load(urls.threadsWasmUrl, urls.extrasWasmUrl));
    checkVersion(description?.version, "the worker");
    const shared = await first.ask((host) => host.share(threads));
    await Promise.all(others.map((line) => line.ask((host) => host.join(shared))));
    for (const line of others)
      line
        .ask((host) => host.work())
        .then(stopped, stopped)
        .then(failAll);
    return workerBackend(first, description, `WebAssembly in ${threads} workers that share memory`, end);
  } catch (thrown) {
    end();
    throw thrown;
  }
}

/** The error after a worker has stopped working. */
function stopped(cause: unknown): SpikeletError {
  if (cause instanceof SpikeletError && cause.code === "INTERNAL") return cause;
  return new SpikeletError("INTERNAL", "", "a thread of the WebAssembly stopped", cause);
}

function makeWorker(url: string | undefined): Worker {
  // Bundlers find the worker by this literal form.
  if (url === undefined) return new Worker(new URL("./worker-threads.js", import.meta.url), { type: "module" });
  return new Worker(url, { type: "module" });
}
