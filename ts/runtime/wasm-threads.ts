import * as wasm from "#wasm-threads";
import type { Backend } from "./backend.js";
import { backendOf, Instance, unavailable } from "./wasm-backend.js";
import { compiled } from "./wasm-compiled.js";
import type { ExtrasSource } from "./wasm-extras.js";

/** Module and memory that the instances of all threads share. */
export interface SharedModule {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** A backend whose sessions can have several threads. */
export interface ThreadedBackend {
  readonly backend: Backend;
  /**
   * Lets the sessions that are opened from now on run on this thread and `threads - 1` others, for which they wait: each has to join
   * the module, and to work.
   */
  share(threads: number): SharedModule;
}

/**
 * Instantiates the module, once in a JavaScript realm.
 *
 * @param extras gets the second module, where it is needed.
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when it can't be had or is broken, or no memory can be shared.
 */
export async function loadWithThreads(source: URL, extras: ExtrasSource): Promise<ThreadedBackend> {
  try {
    const module = await compiled(source);
    const { memory } = await wasm.default({ module_or_path: module });
    const instance = new Instance();
    const share = (threads: number) => {
      instance.call(() => wasm.shareThreads(threads));
      return { module, memory };
    };
    return { backend: backendOf(wasm, instance, "", extras), share };
  } catch (cause) {
    throw unavailable(cause, source);
  }
}

/** Instantiates the module of another thread in this one. */
export async function joinThreads({ module, memory }: SharedModule): Promise<void> {
  await wasm.default({ module_or_path: module, memory });
}

/**
 * Works for the sessions of the thread that was joined, and does not return.
 *
 * @throws {SpikeletError} `INTERNAL` after a defect or when memory ran out: the sessions can't go on.
 */
export function work(): void {
  new Instance().call(() => wasm.lendThread());
}
