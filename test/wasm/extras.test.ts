import { readFile } from "node:fs/promises";
import { createTrainer, parseNpy } from "spikelet";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromBinding } from "../../ts/errors.js";
import { walled } from "../../ts/runtime/wall.js";
import { loadWasm } from "../../ts/runtime/wasm.js";
import type { Extras, ExtrasSource } from "../../ts/runtime/wasm-extras.js";
import { extrasWasmUrl } from "../../ts/runtime/wasm-extras-url.js";
import { wasmUrl } from "../../ts/runtime/wasm-url.js";
import { tinyConfig, tinyData } from "../support/learning.js";
import { npyOf } from "../support/zip.js";

const first = await readFile(wasmUrl);
const second = await readFile(extrasWasmUrl);
/** An NPY file of two bytes. */
const NPY = npyOf(Uint8Array.of(7, 9));

/** A second module that nobody has loaded yet. */
async function unloaded(source: ExtrasSource): Promise<Extras> {
  vi.resetModules();
  const { Extras } = await import("../../ts/runtime/wasm-extras.js");
  return new Extras(source, (work) => work());
}

it("is not loaded until it is called for the first time, and then once", async () => {
  const source = vi.fn(() => second);
  const backend = walled(await loadWasm(first, "", source));
  using trainer = await createTrainer(tinyConfig, { backend });
  await trainer.run(tinyData());
  await trainer.predict(tinyData());
  await trainer.exportModel();
  await trainer.checkpoint();
  expect(source).not.toHaveBeenCalled();
  expect(await parseNpy(NPY, { backend })).toEqual({ dtype: "uint8", shape: [2], values: Uint8Array.of(7, 9) });
  using integers = await trainer.quantize({ calibration: tinyData() });
  expect((await integers.predict(tinyData(3))).classes).toHaveLength(3);
  expect(source).toHaveBeenCalledTimes(1);
});

it("has the networks of its sessions until these or they are disposed of", async () => {
  const { Extras } = await import("../../ts/runtime/wasm-extras.js");
  const extras = new Extras(
    () => second,
    (work) => {
      try {
        return work();
      } catch (thrown) {
        throw fromBinding(thrown);
      }
    },
  );
  const backend = walled(await loadWasm(first, "", () => second));
  const session = await backend.createSession(JSON.stringify(tinyConfig));
  const events = { offsets: Uint32Array.of(0, 2), times: Uint16Array.of(1, 4), units: Uint32Array.of(0, 3) };
  const dataset = await session.addDataset(`{"inputs":"events"}`, events);
  const number = await session.openIntegers(await session.quantize(dataset, 0, 1, 32, 0, 100));
  const held = () => extras.call("exportIntegers", number, undefined);
  expect(await held()).toBeInstanceOf(Uint8Array);
  session.dispose();
  await expect.poll(() => held().catch(({ code }) => code)).toBe("SHAPE_MISMATCH");
});

describe("a second module that can't be had", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 404, statusText: "Not Found" }));
  });
  afterEach(() => vi.unstubAllGlobals());

  it("is an error that says where it should be, and is asked for again", async () => {
    let source: URL | Uint8Array<ArrayBuffer> = new URL("https://example.org/extras.wasm");
    const extras = await unloaded(() => source);
    await expect(extras.call("version")).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      path: "extrasWasmUrl",
      message: expect.stringMatching(
        /can't be loaded from https:\/\/example\.org\/extras\.wasm \(404 Not Found\): .* spikelet\/spikelet-extras\.wasm/,
      ),
    });
    source = second;
    expect(await extras.call("version")).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("is one of another program, too", async () => {
    const foreign = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const extras = await unloaded(() => foreign);
    await expect(extras.call("version")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
  });
});

it("an address in a page or a worker is that of a file", async () => {
  vi.stubGlobal("fetch", async () => new Response(second, { headers: { "content-type": "application/wasm" } }));
  const extras = await unloaded(() => extrasWasmUrl);
  expect(await extras.call("parseNpy", NPY)).toEqual({ dtype: "uint8", shape: Uint32Array.of(2), data: Uint8Array.of(7, 9) });
  vi.unstubAllGlobals();
});
