import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { PageOptions } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_GZIPPED } from "../../scripts/wasm-sizes.mjs";
import { ROOT } from "../docs/guides.js";
import committed from "../parity/digest.json" with { type: "json" };
import { withExtras } from "../parity/extras.mjs";
import { decided, streamed } from "../parity/stream.mjs";
import { type PackedProject, packedProject } from "../support/packed-project.js";
import { withMemoryOf } from "../support/small-memory.js";
import { buildLibrary, buildWithEsbuild, buildWithVite, packedSize, serveWithViteDev, writePage } from "./bundles.js";
import { complaintsOf, launchChromium } from "./chromium.js";
import { traceMainThread } from "./main-thread.js";
import { serve } from "./serve.js";

/** Bytes after gzip that a page may load. */
const BUDGET = { wasm: MAX_GZIPPED.module, threads: MAX_GZIPPED.withThreads, extras: MAX_GZIPPED.extras, js: 37_500 };

/** What the scenario `exhaust` finds: the old workers have stopped, new ones answer. */
const EXHAUSTED = {
  exhausted: { code: "INTERNAL", path: "", message: expect.stringContaining("memory ran out") },
  old: { code: "INTERNAL", path: "", message: expect.any(String) },
  samples: 4,
};

let project: PackedProject;
let browser: Browser;
let built: string;

beforeAll(async () => {
  project = await packedProject();
  await writePage(project.folder);
  built = await buildWithVite(project.folder);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await project?.[Symbol.asyncDispose]();
});

interface OpenPage {
  page: Page;
  /** Errors of the console and what nobody caught. */
  complaints: string[];
  /** Addresses that were asked for. */
  requests: string[];
  run<T>(scenario: string, options?: PageOptions): Promise<T>;
}

async function open(url: string, prepare?: (page: Page) => Promise<unknown>): Promise<OpenPage> {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await prepare?.(page);
  await page.goto(url);
  await page.waitForFunction(() => document.title === "ready");
  const call = ([scenario, options]: [string, PageOptions]) =>
    (globalThis as unknown as { scenarios: Record<string, (options: PageOptions) => unknown> }).scenarios[scenario]?.(options);
  return {
    page,
    complaints,
    requests,
    run: (scenario, options = {}) => page.evaluate(call, [scenario, options] as [string, PageOptions]) as never,
  };
}

describe("a page built with Vite", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let opened: OpenPage;
  beforeAll(async () => {
    served = await serve(built);
    opened = await open(served.url);
  });
  afterAll(async () => {
    await opened.page.close();
    await served[Symbol.asyncDispose]();
  });

  it("trains in a worker to the committed bits", async () => {
    expect(await opened.run("digest")).toEqual(committed);
    expect(opened.complaints).toEqual([]);
  });

  it("has one worker where none can share memory, and tells why", async () => {
    expect(await opened.run("epoch", { workers: 2 })).toMatchObject({
      reason: "WebAssembly in a worker, alone since memory can't be shared (the page is not cross-origin isolated)",
    });
    expect(opened.requests.filter((path) => path.includes("threads"))).toEqual([]);
  });

  it("learns, and units fire", async () => {
    const found = await opened.run<Record<string, number>>("epoch");
    expect(found).toMatchObject({ kind: "wasm", simd: "simd128", reason: "WebAssembly in a worker", epochs: 12, finished: true });
    expect(found["before"]).toBeLessThan(0.4);
    expect(found["after"]).toBeGreaterThan(0.7);
    expect(found["spikes"]).toBeGreaterThan(1);
    expect(opened.complaints).toEqual([]);
  });

  it.each([{}, { worker: false }])("hears a signal step by step as a whole sample and as Node does, %o", async (options) => {
    const found = await opened.run<Awaited<ReturnType<typeof streamed>>>("stream", options);
    expect(found).toEqual(await streamed({ backend: "native" }));
    expect(found.whole.spikes.length).toBeGreaterThan(20);
    for (const stream of found.streams) expect(stream).toEqual(found.whole);
    expect(opened.complaints).toEqual([]);
  });

  it.each([{}, { worker: false }])("decides over windows of a stream as Node does, %o", async (options) => {
    expect(await opened.run("decisions", options)).toEqual(await decided({ backend: "native" }));
    expect(opened.complaints).toEqual([]);
  });

  it("answers an abort at once and is free meanwhile", async () => {
    const thread = await traceMainThread(browser, opened.page, async () => {
      expect(await opened.run("abort")).toMatchObject({ message: "enough" });
    });
    expect(thread.tasks).toBeGreaterThan(20);
    expect(thread.longest).toBeLessThan(16);
  });

  it("leaves arrays with their owner", async () => {
    expect(await opened.run("arrays")).toEqual({ lengths: [78_400, 1000, 78_400], sums: 1 });
    expect(opened.complaints).toEqual([]);
  });

  it("computes on its own thread when it is asked to", async () => {
    expect(await opened.run("digest", { worker: false })).toEqual(committed);
    expect(await opened.run("abort", { worker: false })).toMatchObject({ message: "enough" });
    expect(opened.complaints).toEqual([]);
  });

  it("gets errors with code and path", async () => {
    const missing = expect.stringMatching(/can't be loaded|failed/);
    expect(await opened.run("errors")).toEqual({
      config: {
        code: "CONFIG_INVALID",
        path: "network.steps",
        message: expect.stringMatching(/^network\.steps: must be at least 1/),
      },
      simd: { code: "SIMD_UNSUPPORTED", path: "simd", message: expect.stringContaining("simd128") },
      data: { code: "SHAPE_MISMATCH", path: "events.times[0]", message: expect.any(String) },
      native: { code: "BACKEND_UNAVAILABLE", path: "backend", message: expect.any(String) },
      folder: { code: "DATA_FORMAT", path: "mnist", message: expect.stringContaining("parseIdx") },
      wasm: { code: "BACKEND_UNAVAILABLE", path: "backend", message: missing },
      extras: { code: "BACKEND_UNAVAILABLE", path: "extrasWasmUrl", message: missing },
      worker: { code: "BACKEND_UNAVAILABLE", path: "backend", message: missing },
      disposed: { code: "DISPOSED", path: "", message: expect.any(String) },
    });
  });

  it.each([{}, { worker: false }])("fetches the second module when it is first called, %o", async (options) => {
    const fresh = await open(served.url);
    const fetched = () => fresh.requests.filter((path) => path.includes("extras") && path.endsWith(".wasm"));
    await fresh.run("epoch", options);
    await fresh.run("arrays", options);
    expect(fetched()).toEqual([]);
    for (const _ of [1, 2]) expect(await fresh.run("extras", options)).toEqual(await withExtras({ backend: "native" }));
    expect(fetched()).toHaveLength(1);
    expect(fresh.complaints).toEqual([]);
    await fresh.page.close();
  });

  it("starts a new worker after memory ran out", async () => {
    const small = await open(served.url, (page) =>
      page.route(/\.wasm$/, async (route) => {
        const body = await (await route.fetch()).body();
        await route.fulfill({ contentType: "application/wasm", body: Buffer.from(withMemoryOf(1024, body)) });
      }),
    );
    expect(await small.run("exhaust")).toEqual(EXHAUSTED);
    await small.page.close();
  });

  it("is told before any download that SIMD is missing", async () => {
    const without = await open(served.url, (page) =>
      page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false })),
    );
    const failed = expect.objectContaining({ message: expect.stringContaining("WebAssembly with SIMD") });
    await expect(without.run("digest")).rejects.toEqual(failed);
    expect(without.requests.filter((path) => /worker|wasm/.test(path))).toEqual([]);
    await without.page.close();
  });

  it("has a budget that the guide tells", async () => {
    const guide = await readFile(join(ROOT, "docs/guides/browser.md"), "utf8");
    for (const bytes of Object.values(BUDGET)) expect(guide).toContain(`| ${bytes / 1000} kB | `);
  });

  it("loads no more than the budget", async () => {
    const library = await buildLibrary(project.folder);
    expect(await packedSize(library, ".wasm", /threads|extras/)).toBeLessThanOrEqual(BUDGET.wasm);
    expect(await packedSize(library, ".wasm", /spikelet_bg|extras/)).toBeLessThanOrEqual(BUDGET.threads);
    expect(await packedSize(library, ".wasm", /_bg/)).toBeLessThanOrEqual(BUDGET.extras);
    // The glue of the WebAssembly is loaded by the page itself or stands in the worker. Several workers, streams, networks of whole
    // numbers, gradients from outside and the reader of single samples are loaded when they are asked for.
    const onDemand = "several|threads|stream|integer-network|raw-samples|output-gradient";
    for (const notLoaded of ["wasm-(?!url)", "worker-"].map((glue) => new RegExp(`\\b(?:${glue}|${onDemand})`))) {
      expect(await packedSize(library, ".js")).toBeGreaterThan(await packedSize(library, ".js", notLoaded));
      const js = await packedSize(library, ".js", notLoaded);
      console.log(`JavaScript but for ${notLoaded.source}: ${js} bytes`);
      expect(js).toBeGreaterThan(5_000);
      expect(js).toBeLessThanOrEqual(BUDGET.js);
    }
  });
});

describe("a cross-origin isolated page", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    served = await serve(built, { isolated: true });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  it.each([2, 3])("trains in %d workers that share memory to the committed bits", async (workers) => {
    const opened = await open(served.url);
    expect(await opened.run("digest", { workers })).toEqual(committed);
    expect(await opened.run("epoch", { workers })).toMatchObject({
      reason: `WebAssembly in ${workers} workers that share memory`,
      finished: true,
    });
    expect(await opened.run("abort", { workers })).toMatchObject({ message: "enough" });
    expect(await opened.run("arrays", { workers })).toEqual({ lengths: [78_400, 1000, 78_400], sums: 1 });
    expect(opened.complaints).toEqual([]);
    expect(opened.requests.filter((path) => path.endsWith(".wasm"))).toEqual([expect.stringContaining("spikelet-threads")]);
    await opened.page.close();
  });

  it("starts new workers after the memory that they share ran out", async () => {
    const small = await open(served.url, (page) =>
      page.route(/worker-threads-(?!client).*\.js$/, async (route) => {
        const response = await route.fetch();
        const text = await response.text();
        expect(text).toMatch(/maximum:65536/);
        await route.fulfill({ response, body: text.replace("maximum:65536", "maximum:1024") });
      }),
    );
    expect(await small.run("exhaust", { workers: 2 })).toEqual(EXHAUSTED);
    await small.page.close();
  });

  it("shares no memory where there is none to share", async () => {
    const without = await open(served.url, (page) =>
      page.route(/worker-threads-(?!client).*\.js$/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replace("maximum:65536", "maximum:1") });
      }),
    );
    const { reason } = await without.run<{ reason: string }>("epoch", { workers: 2 });
    expect(reason).toMatch(/^WebAssembly in a worker, alone since memory can't be shared \(.*can't be loaded/);
    await without.page.close();
  });
});

describe("other ways to a page", () => {
  it("Vite's development server", async () => {
    await using served = await serveWithViteDev(project.folder);
    const opened = await open(served.url);
    expect(await opened.run("digest")).toEqual(committed);
    const { reason } = await opened.run<{ reason: string }>("epoch", { workers: 2 });
    expect(reason).toBe("WebAssembly in 2 workers that share memory");
    expect(opened.complaints).toEqual([]);
    await opened.page.close();
  });

  it("esbuild, with the addresses of worker and WebAssembly", async () => {
    await using served = await serve(await buildWithEsbuild(project.folder), { isolated: true });
    const opened = await open(served.url);
    const extras = { extrasWasmUrl: "spikelet-extras.wasm" };
    const options = { workerUrl: "worker.js", wasmUrl: "spikelet.wasm", ...extras };
    expect(await opened.run("digest", options)).toEqual(committed);
    const inNode = await withExtras({ backend: "native" });
    expect(await opened.run("extras", options)).toEqual(inNode);
    expect(await opened.run("extras", { worker: false, wasmUrl: "spikelet.wasm", ...extras })).toEqual(inNode);
    const shared = { workers: 2, threadsWorkerUrl: "worker-threads.js", threadsWasmUrl: "spikelet-threads.wasm" };
    expect(await opened.run("epoch", shared)).toMatchObject({ reason: "WebAssembly in 2 workers that share memory" });
    expect(await opened.run("extras", { ...shared, ...extras })).toEqual(inNode);
    expect(await opened.run("digest", { worker: false, wasmUrl: "spikelet.wasm" })).toEqual(committed);
    expect(opened.complaints).toEqual([]);
    await opened.page.close();
  });
});
