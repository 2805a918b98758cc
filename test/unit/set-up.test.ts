import { readFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";

const { steps } = vi.hoisted(() => ({ steps: [] as string[] }));

// Nothing is installed here, and nothing may say that it was.
vi.mock("node:fs", async (original) => ({ ...(await original<object>()), writeFileSync: () => undefined }));
vi.mock("../../scripts/tools.mjs", () => ({ checkTools: () => undefined, fail: () => undefined }));
vi.mock("../../scripts/run.mjs", async (original) => ({ ...(await original<object>()), run: async () => undefined }));
vi.mock("../../scripts/wasm-declarations.mjs", async (original) => ({
  ...(await original<object>()),
  commitDeclarations: () => undefined,
}));
vi.mock("../../scripts/stamps.mjs", async (original) => ({
  ...(await original<object>()),
  step: async (name: string) => void steps.push(name),
}));

/** A text, so that the types of these scripts are not asked for. */
const SETUP: string = "../../scripts/setup.mjs";

it("npm start builds what it needs: no WebAssembly, which takes most of the time", async () => {
  const { setUp } = (await import(SETUP)) as { setUp: (options?: { withWasm: boolean }) => Promise<void> };
  await setUp();
  expect(steps.splice(0)).toEqual(["addon", "wasm-threads", "infer", "kernels", "wasm", "extras", "typescript", "bundles"]);
  await setUp({ withWasm: false });
  expect(steps.splice(0)).toEqual(["addon", "typescript"]);
  const start = await readFile(new URL("../../scripts/start.mjs", import.meta.url), "utf8");
  expect(start.match(/setUp\(.*?\)/g)).toEqual(["setUp({ withWasm: false })"]);
});
