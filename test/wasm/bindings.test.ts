import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

it.each([
  ["wasm-binding", "pkg/spikelet"],
  ["wasm-threads-binding", "pkg-threads/spikelet-threads"],
])("the declarations in %s are those of the build", async (binding, made) => {
  const [, committed] = (await file(`ts/runtime/${binding}.d.ts`)).split("Do not edit.\n\n");
  expect(committed).toBe(await file(`bindings/wasm/${made}.d.ts`));
});
