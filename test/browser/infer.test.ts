// spikelet/infer and spikelet/infer/wasm in a page, also under a policy that forbids WebAssembly.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { createNetwork } from "spikelet";
import { load, type SpikeTrain } from "spikelet/infer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, launchChromium } from "./chromium.js";
import { type Served, serve } from "./serve.js";

const SOURCE = fileURLToPath(new URL("../../ts/infer/", import.meta.url));
const PROGRAM = `import { load } from "${SOURCE}index.ts";
import { load as loadFast } from "${SOURCE}wasm/index.ts";
globalThis.answer = async (spikes) => {
  const file = await (await fetch("net.model")).arrayBuffer();
  const isRefused = () => { try { loadFast(file, { engine: "wasm" }); } catch ({ code }) { return code; } };
  const answers = [load(file), loadFast(file)].map((model) => Array.from(model.predict(spikes).membranes));
  return { answers, refusal: isRefused() };
};`;
const SERVICE_WORKER = `import { load } from "${SOURCE}index.ts";
import { load as loadFast } from "${SOURCE}wasm/index.ts";
const models = fetch("net.model").then((response) => response.arrayBuffer()).then((file) => [load(file), loadFast(file)]);
const answer = async (request) => {
  const spikes = await request.json();
  return Response.json((await models).map((model) => Array.from(model.predict(spikes).membranes)));
};
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.request.url.endsWith("/predict") && event.respondWith(answer(event.request)));`;
const SPIKES: SpikeTrain = {
  times: Array.from({ length: 90 }, (_, k) => k % 30),
  units: Array.from({ length: 90 }, (_, k) => (7 * k) % 20),
};

let folder: string;
let site: Served;
let browser: Browser;
let file: Uint8Array;

beforeAll(async () => {
  using network = await createNetwork({
    network: {
      input: 20,
      steps: 40,
      neuron: { threshold: 0.1, membraneDecay: 0.9 },
      layers: [
        { type: "dense", units: 70, recurrent: true },
        { type: "dense", units: 4, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: "activation" },
    loss: { type: "membrane" },
    training: { seed: 1 },
  });
  file = await network.exportModel();
  folder = await mkdtemp(join(tmpdir(), "spikelet-infer-"));
  await writeFile(join(folder, "net.model"), file);
  for (const [name, contents] of [
    ["page", PROGRAM],
    ["service-worker", SERVICE_WORKER],
  ] as const) {
    await build({
      stdin: { contents, resolveDir: SOURCE },
      bundle: true,
      format: "esm",
      outfile: join(folder, `${name}.js`),
      logLevel: "error",
    });
  }
  for (const [name, allowed] of [
    ["open", "'self' 'wasm-unsafe-eval'"],
    ["strict", "'self'"],
  ]) {
    const policy = `<meta http-equiv="Content-Security-Policy" content="script-src ${allowed}">`;
    const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${policy}<script type="module" src="page.js"></script>`;
    await writeFile(join(folder, `${name}.html`), page);
  }
  [site, browser] = await Promise.all([serve(folder), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  ["open", undefined],
  ["strict", "CONFIG_INVALID"],
])("gives the same bits in Chromium under the policy %s", async (name, refusal) => {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${site.url}${name}.html`);
  await page.waitForFunction(() => "answer" in globalThis);
  const found = await page.evaluate(
    (spikes) => (globalThis as unknown as { answer: (given: unknown) => Promise<unknown> }).answer(spikes),
    SPIKES,
  );
  const expected = Array.from(load(file).predict(SPIKES).membranes);
  expect(expected.some((membrane) => membrane !== 0)).toBe(true);
  expect(found).toEqual({ answers: [expected, expected], ...(refusal !== undefined && { refusal }) });
  // A browser reports what a policy forbade, also where the program goes on.
  expect(complaints.filter((complaint) => !/Content.Security.Policy/i.test(complaint))).toEqual([]);
  await page.close();
});

it("gives the same bits in a service worker, which answers for a server", async () => {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${site.url}open.html`);
  const found = await page.evaluate(async (spikes) => {
    const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    await navigator.serviceWorker.register("service-worker.js");
    await controlled;
    return (await fetch("predict", { method: "POST", body: JSON.stringify(spikes) })).json();
  }, SPIKES);
  const expected = Array.from(load(file).predict(SPIKES).membranes);
  expect(found).toEqual([expected, expected]);
  expect(complaints).toEqual([]);
  await page.close();
});
