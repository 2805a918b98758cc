import { expect, it, vi } from "vitest";
import { loadBackend as loadInPage } from "../../ts/runtime/load.browser.js";
import { loadBackend as loadAtEdge } from "../../ts/runtime/load.edge.js";
import { loadBackend as loadInNode } from "../../ts/runtime/load.node.js";

/** A module with no exports at all. */
const FOREIGN = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

it.each([
  ["Node", loadInNode],
  ["a page", loadInPage],
  ["an edge runtime", loadAtEdge],
])("%s refuses as wasmModule what is not the module of the package", async (_, loadBackend) => {
  for (const wasmModule of [FOREIGN, {} as WebAssembly.Module]) {
    await expect(loadBackend("auto", { wasmModule })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "wasmModule",
      message: expect.stringContaining("must be the compiled WebAssembly of this package"),
    });
  }
});

it("a place without a page says that it needs an absolute address, and an edge runtime that it has no addons", async () => {
  await expect(loadInPage("auto", { wasmUrl: "spikelet.wasm" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: "wasmUrl: must be an absolute address",
  });
  await expect(loadAtEdge("native")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
});

it("under Deno, nothing of the environment is read without its permission", async () => {
  const environment = vi.spyOn(process, "env", "get");
  vi.stubGlobal("Deno", { permissions: { querySync: () => ({ state: "prompt" }) } });
  vi.resetModules();
  const { environmentVariable, whyNoAddons } = await import("../../ts/runtime/permissions.node.js");
  environment.mockClear();
  expect(environmentVariable("SPIKELET_BACKEND")).toBeUndefined();
  expect(whyNoAddons()).toBe("the Node addon needs --allow-env and --allow-ffi");
  expect(environment).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
  environment.mockRestore();
});
