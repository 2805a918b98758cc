import { expect, it } from "vitest";
import { decided, streamed } from "./stream.mjs";

it("streams hear the same in WebAssembly as on the addon", async () => {
  expect(await streamed({ backend: "wasm" })).toEqual(await streamed({ backend: "native" }));
});

it("streams decide the same over windows in WebAssembly as on the addon, with every statistic", async () => {
  const native = await decided({ backend: "native" });
  expect(await decided({ backend: "wasm" })).toEqual(native);
  for (const [number, { membranes, decisions }] of native.entries()) {
    expect(decisions).toHaveLength(20);
    expect(new Set(membranes).size > 100).toBe(number > 0);
    expect(decisions.every(({ output }) => output !== undefined) || number === 0).toBe(true);
  }
});
