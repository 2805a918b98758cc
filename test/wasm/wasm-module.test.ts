import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createTrainer, presets } from "../../ts/index.js";
import { loadBackend as loadInPage } from "../../ts/runtime/load.browser.js";

const bytes = await readFile(new URL("../../bindings/wasm/pkg/spikelet_bg.wasm", import.meta.url));
const wasmModule = await WebAssembly.compile(bytes);

it("a compiled module computes in Node", async () => {
  const trainer = await createTrainer(presets.toy, { wasmModule });
  expect(trainer.backend).toMatchObject({ kind: "wasm", reason: "wasmModule is given" });
  trainer.dispose();
});

it("a compiled module computes where there are no workers, no address of the page and nothing to fetch", async () => {
  const backend = await loadInPage("auto", { wasmModule });
  const trainer = await createTrainer(presets.toy, { backend });
  expect((await trainer.parameters())[0]?.weights.some((weight) => weight !== 0)).toBe(true);
  trainer.dispose();
});
