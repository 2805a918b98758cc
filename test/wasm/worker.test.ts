import { readFile } from "node:fs/promises";
import { expose } from "comlink";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadBackend } from "../../ts/runtime/load.browser.js";
import { walled } from "../../ts/runtime/wall.js";
import { loadWasm } from "../../ts/runtime/wasm.js";
import { extrasWasmUrl } from "../../ts/runtime/wasm-extras-url.js";
import { wasmUrl } from "../../ts/runtime/wasm-url.js";
import { startWorker } from "../../ts/runtime/worker-client.js";
import { workerHost } from "../../ts/runtime/worker-host.js";
import type { WorkerHost } from "../../ts/runtime/worker-protocol.js";
import { ExclusiveSession } from "../../ts/session/exclusive.js";
import { version } from "../../ts/version.js";
import { fakeBackend } from "../support/fake-backend.js";

const load = async () => loadWasm(await readFile(wasmUrl), "", () => readFile(extrasWasmUrl));
const CONFIG = JSON.stringify({ network: { input: 5, steps: 20, layers: [{ type: "dense", units: 3 }] } });
const samples = () => ({
  offsets: Uint32Array.of(0, 2, 3),
  times: Uint16Array.of(1, 4, 2),
  units: Uint32Array.of(0, 4, 3),
  labels: Uint32Array.of(0, 2),
});

/** Sends a message as a worker gets it. */
async function sent<A extends unknown[]>(call: (...args: A) => Promise<unknown>, ...args: unknown[]) {
  return (await call(...(structuredClone(args) as A))) as { value?: unknown; failure?: { code: string; path: string } };
}

describe("a worker that is sent messages of none of its callers", () => {
  let host: WorkerHost;
  let first: number;
  const parameters = () => sent(host.call, first, "parameters", [0]);

  beforeEach(async () => {
    host = workerHost(load);
    expect(await sent(host.load, undefined)).toMatchObject({ value: { version } });
    const { value } = await sent(host.open, "createSession", [CONFIG]);
    first = value as number;
  });

  it("refuses them before anything is loaded", async () => {
    const fresh = workerHost(load);
    const missing = { failure: { code: "DISPOSED" } };
    expect(await sent(fresh.open, "createSession", [CONFIG])).toMatchObject(missing);
    expect(await sent(fresh.convert, "parseNpy", [new Uint8Array()])).toMatchObject(missing);
    expect(await sent(fresh.call, 1, "info", [])).toMatchObject(missing);
    await fresh.close(1);
  });

  it("knows its own methods only", async () => {
    const names = [
      "constructor",
      "__proto__",
      "toString",
      "hasOwnProperty",
      "kind",
      "isAlive",
      "nothing",
      "",
      5,
      null,
      undefined,
    ];
    for (const name of names) {
      const none = { failure: { code: "CONFIG_INVALID", path: "method" } };
      expect(await sent(host.convert, name, [CONFIG])).toMatchObject(none);
      expect(await sent(host.call, first, name, [])).toMatchObject(none);
      for (const opening of [name, "parseNpy"]) expect(await sent(host.open, opening, [CONFIG])).toMatchObject(none);
    }
    for (const args of [undefined, null, "abc", 5, {}, { length: 3 }]) {
      expect(await sent(host.call, first, "parameters", args)).toMatchObject({
        failure: { code: "CONFIG_INVALID", path: "method" },
      });
    }
    for (const id of [0, -1, 99, Number.NaN, "1", null, {}]) {
      expect(await sent(host.call, id, "info", [])).toMatchObject({ failure: { code: "DISPOSED" } });
    }
  });

  it("refuses calls out of order", async () => {
    const before = await parameters();
    for (const [method, args] of [
      ["advance", [1]],
      ["finishBatch", [[]]],
      ["runLocalBatch", [0, 2]],
      ["advanceEvaluation", [1]],
      ["predict", [7, 0, 1, false]],
      ["runStream", [3, new Uint16Array(), new Uint32Array(), 1]],
      ["supply", [0, Uint32Array.of(0), samples()]],
    ] as const) {
      expect(await sent(host.call, first, method, args)).toMatchObject({
        failure: { code: expect.not.stringMatching("INTERNAL") },
      });
    }
    const { value } = await sent(host.open, "createSession", [CONFIG]);
    await host.close(value as number);
    await host.close(value as number);
    expect(await sent(host.call, value, "advance", [1])).toMatchObject({ failure: { code: "DISPOSED" } });
    const { value: other } = await sent(host.open, "createSession", [CONFIG]);
    expect(await sent(host.call, other, "dispose", [])).toMatchObject({ failure: { code: "DISPOSED" } });
    expect(await sent(host.call, other, "history", [])).toMatchObject({ failure: { code: "DISPOSED" } });
    expect(await parameters()).toEqual(before);
  });
});

/** Workers that answer as `host` says, each on a thread of its own as far as its caller can tell. */
function workersOf(host: object): { ended: number; workers: MessagePort[]; posted: MessagePort[] } {
  const made = { ended: 0, workers: [] as MessagePort[], posted: [] as MessagePort[] };
  vi.stubGlobal("Worker", function Worker() {
    const { port1, port2 } = new MessageChannel();
    expose(host, port2);
    made.workers.push(port1);
    made.posted.push(port2);
    const end = () => {
      made.ended += 1;
      port1.close();
    };
    port1.start();
    return Object.assign(port1, { terminate: end });
  });
  return made;
}

describe("a page that talks to a worker", () => {
  afterEach(() => vi.unstubAllGlobals());
  const start = () => startWorker({ workerUrl: "https://example.org/worker.js", wasmUrl: wasmUrl.href });

  it("computes there, also while others send the page messages of their own", async () => {
    const made = workersOf(workerHost(load));
    const backend = await start();
    for (const junk of [null, 5, "x", {}, { id: "forged" }, { id: 1, value: { failure: {} } }]) made.posted[0]?.postMessage(junk);
    const session = await backend.createSession(CONFIG);
    expect((await session.parameters(0)).weights).toHaveLength(15);
    const exclusive = new ExclusiveSession(walled(backend), session);
    expect(() => exclusive.atOnce(() => 1)).toThrow(expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }));
    session.dispose();
    expect(made.ended).toBe(0);
    for (const port of made.posted) port.close();
  });

  it("starts one worker for all that ask at once, and another one once it has failed", async () => {
    const made = workersOf(workerHost(load));
    for (const started of [1, 2]) {
      const [backend, ...others] = await Promise.all([loadBackend(), loadBackend(), loadBackend()]);
      expect(new Set([backend, ...others]).size).toBe(1);
      expect(backend.isAlive).toBe(true);
      expect(made.workers).toHaveLength(started);
      made.workers.at(-1)?.dispatchEvent(new Event("error"));
      expect(backend.isAlive).toBe(false);
    }
    for (const port of made.posted) port.close();
  });

  it("refuses one of another version, and one that answers anything else, and ends them", async () => {
    const described = { simd: "simd128", simdLevels: ["simd128"], version: "0.0.9" };
    for (const [answer, message] of [
      [{ value: described }, "the worker is of version 0.0.9, this package of"],
      [{ value: {} }, "the worker is of version undefined"],
      [undefined, "the worker is of version undefined"],
      [null, "the worker is of version undefined"],
      ["loaded", "the worker is of version undefined"],
      [{}, "the worker is of version undefined"],
    ] as const) {
      const made = workersOf({ load: async () => answer });
      await expect(start()).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", message: expect.stringContaining(message) });
      expect(made.ended).toBeGreaterThan(0);
      for (const port of made.posted) port.close();
    }
  });
});

describe("workers that share memory", () => {
  const described = { value: { simd: "simd128", simdLevels: ["simd128"], version } };
  const never = new Promise<never>(() => {});
  const stopped = { failure: { code: "INTERNAL", path: "", reason: "memory ran out" } };
  /** What the workers that are started answer with, each of which gets the next of `working`. */
  const hostOf = (working: Promise<unknown>[]) => ({
    load: async () => described,
    share: async () => ({ value: {} }),
    join: async () => ({ value: undefined }),
    work: () => working.shift(),
    open: () => never,
  });
  beforeEach(() => {
    vi.stubGlobal("crossOriginIsolated", true);
    vi.stubGlobal("location", new URL("https://example.org/"));
  });
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["fails", stopped, "memory ran out"],
    ["stops", { value: undefined }, "a thread of the WebAssembly stopped"],
    ["is refused", { failure: { ...stopped.failure, code: "CONFIG_INVALID" } }, "a thread of the WebAssembly stopped"],
  ])("fail together when one of them %s", async (_, answer, message) => {
    let end = (_: unknown) => {};
    const made = workersOf(hostOf([never, new Promise((resolve) => (end = resolve))]));
    const backend = await loadBackend("auto", { workers: 3 });
    expect(backend).toMatchObject({ reason: "WebAssembly in 3 workers that share memory", isAlive: true });
    const waiting = backend.createSession(CONFIG);
    expect([made.workers.length, made.ended]).toEqual([3, 0]);
    end(answer);
    await expect(waiting).rejects.toMatchObject({ code: "INTERNAL", message });
    expect([backend.isAlive, made.ended]).toEqual([false, 3]);
    for (const port of made.posted) port.close();
  });

  it.each(["load", "share", "join"])("are one alone where they can't %s", async (method) => {
    const cant = { failure: { code: "BACKEND_UNAVAILABLE", path: "backend", reason: "no such memory" } };
    let isFirst = true;
    const host = hostOf([never, never]);
    const failing = async () => {
      if (!isFirst) return described;
      isFirst = false;
      return cant;
    };
    const made = workersOf({ ...host, [method]: failing });
    // Addresses of their own, so that each of these tests loads its own.
    const there = { threadsWorkerUrl: `https://example.org/${method}.js`, threadsWasmUrl: "https://example.org/threads.wasm" };
    const { reason } = await loadBackend("auto", { workers: 2, ...there });
    expect(reason).toMatch(/^WebAssembly in a worker, alone since memory can't be shared \(.*no such memory\)$/);
    expect([made.workers.length, made.ended]).toEqual([3, 2]);
    for (const port of made.posted) port.close();
  });

  it("need addresses of their own where the others have", async () => {
    const made = workersOf(hostOf([]));
    const { reason } = await loadBackend("auto", { workers: 2, wasmUrl: "https://example.org/spikelet.wasm" });
    expect(reason).toContain("threadsWorkerUrl and threadsWasmUrl are not given");
    for (const port of made.posted) port.close();
  });
});

it("a compiled core of another version is refused, whatever it is", () => {
  const backend = fakeBackend();
  expect(walled(backend)).toMatchObject({ version });
  for (const other of ["0.0.9", "", undefined]) {
    const refused = expect.objectContaining({ code: "BACKEND_UNAVAILABLE", path: "backend" });
    expect(() => walled(Object.assign(fakeBackend(), { version: other as string }))).toThrow(refused);
  }
});
