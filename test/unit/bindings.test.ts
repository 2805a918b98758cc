import { readFile } from "node:fs/promises";
import type { ConstantSchedule, Convolution, Pool } from "spikelet";
import { expect, it } from "vitest";

const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

it("no binding is cast to what it should be", async () => {
  for (const binding of ["native", "wasm", "wasm-threads", "wasm-backend"])
    expect(await file(`ts/runtime/${binding}.ts`)).not.toContain("as unknown as");
});

it("every type of the configuration is public", async () => {
  const layers: [Convolution, Pool, ConstantSchedule] = [{ channels: 1, kernel: 3 }, { window: 2 }, {}];
  expect(layers).toHaveLength(3);
  expect(await file("ts/index.ts")).toContain('export type * from "./generated/config.js";');
});
