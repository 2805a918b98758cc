import { readFile } from "node:fs/promises";
import { SpikeletError } from "../errors.js";
import type { Backend, BackendChoice, PageOptions } from "./backend.js";
import { loadNative } from "./native.js";
import { backendChoice, pageOptions } from "./options.js";
import { environmentVariable, whyNoAddons } from "./permissions.node.js";
import { checkSimd } from "./simd-probe.js";
import { walled } from "./wall.js";

let native: Backend | undefined;

/**
 * Finds the backend: the option, else the environment variable `SPIKELET_BACKEND`, else the Node addon, else WebAssembly.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` with the reasons when it is not there; `CONFIG_INVALID` for an unknown name.
 */
export async function loadBackend(choice: BackendChoice = "auto", page: PageOptions = {}): Promise<Backend> {
  backendChoice(choice, "backend");
  pageOptions(page, "");
  if (typeof choice === "object") return choice;
  const fromEnvironment = environmentVariable("SPIKELET_BACKEND");
  const isAsked = choice !== "auto";
  const name = isAsked ? choice : (fromEnvironment ?? "auto");
  const source = isAsked ? "the backend option" : "SPIKELET_BACKEND";
  switch (name) {
    case "auto":
    case "":
      return page.wasmModule === undefined ? loadBest() : loadWebAssembly("wasmModule is given", page);
    case "native":
      return loadAddon(`${source} asks for it`);
    case "wasm":
      return loadWebAssembly(`${source} asks for it`, page);
    default:
      throw new SpikeletError("CONFIG_INVALID", "backend", `${source} must be "auto", "native" or "wasm", got "${name}"`);
  }
}

async function loadBest(): Promise<Backend> {
  let why: string;
  try {
    return loadAddon("the addon for this machine is there");
  } catch (thrown) {
    why = reasonOf(thrown);
  }
  try {
    return await loadWebAssembly(why);
  } catch (cause) {
    const also = reasonOf(cause);
    throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", why.includes(also) ? why : `${why}; ${also}`, cause);
  }
}

function loadAddon(reason: string): Backend {
  const why = whyNoAddons();
  if (why !== undefined) throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", why);
  try {
    native ??= walled(loadNative(reason));
  } catch (cause) {
    throw new SpikeletError(
      "BACKEND_UNAVAILABLE",
      "backend",
      `the Node addon can't be loaded (${reasonsOf(cause).filter(isOfAddon).join("; ")}): in a clone, \`npm run build\` makes it`,
      cause,
    );
  }
  return native.reason === reason ? native : { ...native, reason };
}

async function loadWebAssembly(reason: string, { wasmModule, extrasWasmModule }: PageOptions = {}): Promise<Backend> {
  checkSimd();
  try {
    const { loadWasm } = await import("./wasm.js");
    const source = wasmModule ?? (await readFile((await import("./wasm-url.js")).wasmUrl));
    const extras = async () => extrasWasmModule ?? readFile((await import("./wasm-extras-url.js")).extrasWasmUrl);
    return walled(await loadWasm(source, reason, extras));
  } catch (cause) {
    if (cause instanceof SpikeletError) throw cause;
    const what = `the WebAssembly can't be loaded (${reasonsOf(cause).join("; ")})`;
    const how = "in a clone, `npm run build` makes it; a bundle for Node must leave the package out";
    throw new SpikeletError("BACKEND_UNAVAILABLE", "backend", `${what}: ${how}`, cause);
  }
}

/** Whether a reason is about the one file that this package may have: its loader tries others, and says so at length. */
function isOfAddon(reason: string): boolean {
  return !/^Cannot find (native binding|module '(@spikelet\/binding-|\.\/spikelet\.wasi))/.test(reason);
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof SpikeletError) return thrown.reason;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The messages of an error and of all its causes; a loader that tries several files chains them. */
function reasonsOf(thrown: unknown): string[] {
  const reasons: string[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const first = reasonOf(error).split("\n", 1)[0] ?? "";
    if (!reasons.includes(first)) reasons.push(first);
    if (error instanceof AggregateError) for (const one of error.errors) reasons.push(...reasonsOf(one));
  }
  return reasons.length === 0 ? [String(thrown)] : reasons;
}
