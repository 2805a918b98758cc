/** The module of the workers of a page that share memory. */
import { expose } from "comlink";
import { SpikeletError } from "../errors.js";
import { extrasWasmUrl as extrasBesideThis } from "./wasm-extras-url.js";
import { joinThreads, loadWithThreads, type ThreadedBackend, work } from "./wasm-threads.js";
import { wasmThreadsUrl as besideThis } from "./wasm-threads-url.js";
import { answer, workerHost } from "./worker-host.js";
import type { ThreadsHost } from "./worker-protocol.js";

let loaded: ThreadedBackend | undefined;

const host: ThreadsHost = {
  ...workerHost(async (wasmUrl = besideThis, extrasWasmUrl = extrasBesideThis) => {
    loaded = await loadWithThreads(wasmUrl, () => extrasWasmUrl);
    return loaded.backend;
  }),
  share: (threads) =>
    answer(() => {
      if (loaded === undefined) throw new SpikeletError("INTERNAL", "", "threads are shared once the WebAssembly is loaded");
      return loaded.share(threads);
    }),
  join: (shared) => answer(() => joinThreads(shared)),
  work: () => answer(work),
};

expose(host);
